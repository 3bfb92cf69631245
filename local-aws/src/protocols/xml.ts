import type { FlattenedMembers } from "./flattened-members.ts";

/**
 * Returns an XML element as AWS's query protocol writes it: objects become child elements, lists `member`
 * elements, dates ISO 8601, and `undefined` nothing.
 * @param options.attributes of the element, such as ` xmlns="…"`. Default: none.
 * @param options.flattened lists and maps that have no separate element. Default: none.
 */
export function element(
  name: string,
  content: unknown,
  options: { attributes?: string; flattened?: FlattenedMembers } = {},
): string {
  const { attributes = "", flattened = {} } = options;
  if (content === undefined) return "";
  return `<${name}${attributes}>${children(content, flattened)}</${name}>`;
}

function children(content: unknown, flattened: FlattenedMembers): string {
  if (content instanceof Date) return content.toISOString();
  if (Array.isArray(content))
    return content.map((item) => element("member", item, { flattened })).join("");
  if (typeof content === "object" && content !== null)
    return Object.entries(content)
      .map(([name, child]) => member(name, child, flattened))
      .join("");
  return escape(String(content));
}

function member(name: string, content: unknown, flattened: FlattenedMembers): string {
  const own = flattened[name];
  if (own === undefined || content === undefined) return element(name, content, { flattened });
  return elementsOf(content, own.entry)
    .map((each) => element(own.name, each, { flattened }))
    .join("");
}

/** The items of a list, or the entries of a map. */
function elementsOf(
  content: unknown,
  [key, value]: readonly [string, string] = ["key", "value"],
): readonly unknown[] {
  if (Array.isArray(content)) return content;
  return Object.entries(Object(content)).map((entry) => ({ [key]: entry[0], [value]: entry[1] }));
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};

/** A character that XML 1.0 has no form for, not even an escaped one. */
export const NOT_IN_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const everyNotInXml = new RegExp(NOT_IN_XML, "gu");

/** Such a character becomes U+FFFD: with it, no client could parse the response. */
const escape = (text: string) =>
  text
    .replace(/[&<>"\r]/g, (character) => entities[character] ?? "")
    .replace(everyNotInXml, "\ufffd");
