import { AwsError } from "./aws-error.ts";
import type { FlattenedMember, FlattenedMembers } from "./flattened-members.ts";
import type { SchemaNode } from "./schema-node.ts";

/**
 * Converts the texts of form data to the types that an operation's input has: numbers, booleans, and
 * lists, of which an empty one is sent as an empty text. A text that stands for no such value stays as
 * it is, so that the schema refuses it.
 * @param value texts, in lists and objects.
 * @param flattened the flattened members of the input. Default: none.
 * @throws {AwsError} 400 MissingParameter, if an entry of a flattened map has no key or no value.
 */
export function typedInput(
  schema: SchemaNode,
  value: unknown,
  flattened: FlattenedMembers = {},
): unknown {
  const { type, wrapped, item, entries } = schema;
  if (wrapped !== undefined) return typedInput(wrapped, value, flattened);
  if (typeof value === "string") return typedText(type, value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value))
    return item === undefined
      ? value
      : value.map((each: unknown) => typedInput(item, each, flattened));
  if (type === "record") {
    const { value: ofEntry = schema } = schema;
    return mapObject(value, (name, child) => [name, typedInput(ofEntry, child, flattened)]);
  }
  if (entries === undefined) return value;
  const members = new Map(
    Object.keys(entries).map((name) => [flattened[name]?.name ?? name, name]),
  );
  return mapObject(value, (sent, child) => {
    const name = members.get(sent) ?? sent;
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    if (entry === undefined) return [name, child];
    const own = sent === name ? undefined : flattened[name];
    return [name, typedInput(entry, own ? expanded(own, child) : child, flattened)];
  });
}

const mapObject = (
  object: object,
  map: (name: string, value: unknown) => readonly [string, unknown],
) => Object.fromEntries(Object.entries(object).map(([name, value]) => map(name, value)));

/**
 * `{1: "a", 2: "b"}` as a list, and with the names of an entry as a map. JavaScript lists the keys of an
 * object that are whole numbers in ascending order.
 */
function expanded({ name, entry }: FlattenedMember, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const items: unknown[] = Object.values(value);
  if (entry === undefined) return items;
  const partOf = (item: unknown, part: string): unknown => {
    if (typeof item === "object" && item !== null && Object.hasOwn(item, part))
      return Reflect.get(item, part);
    const message = `The request must contain the parameter ${name}.${part}.`;
    throw new AwsError(400, "MissingParameter", message);
  };
  const [key, child] = entry;
  return Object.fromEntries(items.map((item) => [String(partOf(item, key)), partOf(item, child)]));
}

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function typedText(type: string, text: string): unknown {
  if (type === "number" && NUMBER.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return type === "array" && text === "" ? [] : text;
}
