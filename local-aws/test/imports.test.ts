/**
 * Checks that the imports of the sources, including those of types, point one way and stay in this
 * package.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { expect, test } from "vitest";
import { parseAst } from "vitest/node";

const PACKAGE = join(import.meta.dirname, "..");
const SOURCES = join(PACKAGE, "src");

/** Folders that implement a service, or code that all services share. */
const SERVICES = [
  "apigateway",
  "cloudwatch",
  "dynamodb",
  "execute-api",
  "iam",
  "lambda",
  "logs",
  "protocols",
  "server",
  "sqs",
  "sts",
];
const OBSERVERS = ["trace", "faults", "console", "terminal"];

/** Returns the specifiers in an `import`, `export … from`, `import()` or `import("…").Type`. */
function importsIn(code: string): string[] {
  const specifiers: string[] = [];
  const visit = (node: unknown) => {
    if (typeof node !== "object" || node === null) return;
    if ("source" in node && isLiteral(node.source)) specifiers.push(node.source.value);
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(code, { lang: "ts" }));
  return specifiers;
}

const isLiteral = (node: unknown): node is { value: string } =>
  typeof node === "object" && node !== null && "value" in node && typeof node.value === "string";

/** The files that each file imports by a relative path, all relative to `src/`. */
const graph = new Map(
  globSync("**/*.ts", { cwd: SOURCES }).map((file): [string, string[]] => {
    const specifiers = importsIn(readFileSync(join(SOURCES, file), "utf8"));
    const imported = specifiers
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => relative(SOURCES, join(SOURCES, dirname(file), specifier)));
    return [file, imported];
  }),
);

/** Every import as `from → to`. */
const imports = [...graph].flatMap(([from, files]) => files.map((to) => ({ from, to })));
const show = (found: typeof imports) => found.map(({ from, to }) => `${from} → ${to}`);

const folderOf = (file: string) => file.split(sep)[0] ?? "";
const isTest = (file: string) => file.endsWith(".test.ts");

/** Returns the cycles that a depth-first search finds, each as a list of files. */
function cyclesIn(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string) => {
    const start = path.indexOf(file);
    if (start !== -1) cycles.push(path.slice(start));
    if (start !== -1 || done.has(file)) return;
    path.push(file);
    for (const next of edges.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of edges.keys()) visit(file);
  return cycles;
}

test("every form of import is found", () => {
  const code = `
    import a from "./a.ts";
    import type { B } from "./b.ts";
    import { type C } from "./c.ts";
    import "./d.ts";
    export * from "./e.ts";
    export type { F } from "./f.ts";
    type G = import("./g.ts").G;
    const h = import("./h.ts");
    const text = 'import "./no.ts"';
  `;
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  expect(importsIn(code)).toEqual(names.map((name) => `./${name}.ts`));
});

test("a cycle is found, but two paths to one file are not a cycle", () => {
  const edges = { a: ["b", "d"], b: ["c"], c: ["b"], d: ["c"] };
  expect(cyclesIn(new Map(Object.entries(edges)))).toEqual([["b", "c"]]);
});

test("no imports form a cycle", () => {
  expect(cyclesIn(graph)).toEqual([]);
});

test("no import leaves the package", () => {
  const leaving = imports.filter(({ to }) => to.startsWith(join("..", "..")));
  expect(show(leaving)).toEqual([]);
});

test("no service imports the trace, the faults, the console or the terminal", () => {
  const forbidden = imports.filter(
    ({ from, to }) =>
      SERVICES.includes(folderOf(from)) && OBSERVERS.includes(folderOf(to)) && !isTest(from),
  );
  expect(show(forbidden)).toEqual([]);
});

test("the protocols import no service, and lambda/ imports no execute-api/", () => {
  const services = SERVICES.filter((folder) => !["protocols", "server"].includes(folder));
  const forbidden = imports.filter(
    ({ from, to }) =>
      (folderOf(from) === "protocols" && services.includes(folderOf(to))) ||
      (folderOf(from) === "lambda" && folderOf(to) === "execute-api"),
  );
  expect(show(forbidden)).toEqual([]);
});
