/**
 * The API references of the two packages name everything that the sources define, and nothing else.
 * The sources are read as text, because types do not exist at run time.
 */
import { describe, expect, test } from "vitest";
import { readDocument } from "./markdown.ts";

interface Section {
  level: number;
  names: string[];
  /** The text below the heading, with that of its subsections. */
  text: string;
}

/** Returns the sections of a README's API reference. */
function referenceOf(readme: string): Section[] {
  const [, reference = ""] = readDocument(readme).split("\n## API reference\n");
  const headings = [...reference.matchAll(/^(#+) (.+)$/gm)];
  return headings.map(({ 1: hashes = "", 2: title = "", index }, position) => {
    const next = headings
      .slice(position + 1)
      .find(({ 1: other = "" }) => other.length <= hashes.length);
    return {
      level: hashes.length,
      names: Array.from(title.matchAll(/`([^`]+)`/g), ([, code = ""]) => nameIn(code)),
      text: reference.slice(index, next?.index),
    };
  });
}

/** Returns the name that a heading is about: `request` of `client.request(action)`. */
const nameIn = (code: string): string => code.replace(/\(.*$/, "").replace(/^\w+\./, "");

const sectionOf = (sections: readonly Section[], name: string): string =>
  sections.find(({ names }) => names.includes(name))?.text ?? "";

/** Returns the names that a module exports. */
function exportsOf(source: string): string[] {
  const lists = [...source.matchAll(/^export (?:type )?\{([^}]+)\}/gm)].flatMap(([, list = ""]) =>
    list.split(",").map((name) => name.trim().replace(/^type /, "")),
  );
  const declarations = source.matchAll(/^export (?:interface|function|class|const|type) (\w+)/gm);
  return [...lists, ...Array.from(declarations, ([, name = ""]) => name)].filter(Boolean);
}

/** Returns the members of an interface, apart from those with a computed name. */
function membersOf(source: string, name: string): string[] {
  const [, body = ""] =
    new RegExp(`^export interface ${name}\\b[^]*?\\{\\n([^]*?)^\\}`, "m").exec(source) ?? [];
  return Array.from(
    body.matchAll(/^ {2}(?:readonly )?(\w+)\??[<(:]/gm),
    ([, member = ""]) => member,
  );
}

/** Returns the defaults in a source that are numbers, booleans or strings, as the reference writes them. */
const defaultsOf = (source: string): [name: string, value: string][] =>
  Array.from(
    source.matchAll(/^ {2,4}(\w+)(?:: \w+)? = ([\d_* ]+|Infinity|true|false|"\w+"),$/gm),
    ([, name = "", value = ""]) => [name, /^\d/.test(value) ? productOf(value) : `\`${value}\``],
  );

const productOf = (expression: string): string =>
  expression
    .split("*")
    .reduce((product, factor) => product * Number(factor.replaceAll("_", "")), 1)
    .toLocaleString("en");

/** A package, and what its reference describes. */
const packages = [
  {
    readme: "client/README.md",
    entries: ["client/src/index.ts"],
    interfaces: {
      "client/src/options.ts": ["ConnectOptions", "RequestOptions", "StreamOptions"],
      "client/src/connect.ts": ["Client"],
      "client/src/stream.ts": ["Stream"],
    },
    codes: /^ {2}([A-Z_]+): "/gm,
    defaults: "client/src/options.ts",
  },
  {
    readme: "local-aws/README.md",
    entries: [
      "local-aws/src/index.ts",
      "local-aws/src/command-options.ts",
      "local-aws/src/testing.ts",
    ],
    interfaces: {
      "local-aws/src/local-aws.ts": ["LocalAwsOptions", "LocalAws", "Listener"],
      "local-aws/src/console/settings.ts": ["ConsoleOptions"],
    },
    codes: undefined,
    defaults: "local-aws/src/local-aws.ts",
  },
];

/** The reasons why a request of the client gets no reply, and those of the server. */
const errors = readDocument("client/src/errors.ts");

describe.for(packages)("the API reference in $readme", (each) => {
  const sections = referenceOf(each.readme);
  const headings = sections.flatMap(({ names }) => names);
  const exported = each.entries.flatMap((path) => exportsOf(readDocument(path)));
  const members = Object.entries(each.interfaces).flatMap(([path, names]) =>
    names.map((name) => ({ name, members: membersOf(readDocument(path), name) })),
  );
  const codes = each.codes ? Array.from(errors.matchAll(each.codes), ([, code = ""]) => code) : [];

  test("has a heading for each export, option, method and error code", () => {
    expect(exported.length).toBeGreaterThan(15);
    expect(members.filter(({ members: found }) => found.length === 0)).toEqual([]);
    const all = [...exported, ...members.flatMap(({ members: found }) => found), ...codes];
    expect(all.filter((name) => !headings.includes(name))).toEqual([]);
  });

  test("names each member in the section of its interface", () => {
    const missing = members.flatMap(({ name, members: found }) => {
      const text = sectionOf(sections, name);
      return found.filter((member) => !new RegExp(`\`(?:\\w+\\.)?${member}\\b`).test(text));
    });
    expect(missing).toEqual([]);
  });

  test("has no heading for anything else", () => {
    const known = [...exported, ...members.flatMap(({ members: found }) => found), ...codes];
    const packageNames = /^@websocket-lambda\//;
    const unknown = headings.filter((name) => !known.includes(name) && !packageNames.test(name));
    expect(unknown).toEqual([]);
  });

  test("has the defaults of the source", () => {
    const defaults = defaultsOf(readDocument(each.defaults));
    expect(defaults.length).toBeGreaterThan(3);
    const isStated = ([name, value]: [string, string]) =>
      new RegExp(`[Dd]efault ${value}|${value}, the default`).test(sectionOf(sections, name));
    expect(defaults.filter((each) => !isStated(each))).toEqual([]);
  });
});

test("the client's reference lists every error code of the server", () => {
  const text = sectionOf(referenceOf("client/README.md"), "ErrorCode");
  const codes = Array.from(errors.matchAll(/^ {2}\| "([A-Z_]+)"/gm), ([, code = ""]) => code);
  expect(codes.length).toBeGreaterThan(5);
  expect(codes.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
});
