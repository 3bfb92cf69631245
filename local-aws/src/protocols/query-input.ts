/** The parts of a schema that say which type a text stands for. */
interface SchemaNode {
  type: string;
  /** Of an optional schema. */
  wrapped?: SchemaNode;
  /** Of a list. */
  item?: SchemaNode;
  /** Of an object. */
  entries?: Readonly<Record<string, SchemaNode>>;
}

/**
 * Converts the texts of form data to the types that an operation's input has: numbers, booleans, and
 * lists, of which an empty one is sent as an empty text. A text that stands for no such value stays as
 * it is, so that the schema refuses it.
 * @param value texts, in lists and objects.
 */
export function typedInput(schema: SchemaNode, value: unknown): unknown {
  const { type, wrapped, item, entries } = schema;
  if (wrapped !== undefined) return typedInput(wrapped, value);
  if (typeof value === "string") return typedText(type, value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value))
    return item === undefined ? value : value.map((each: unknown) => typedInput(item, each));
  if (entries === undefined) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => {
      const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
      return [name, entry === undefined ? child : typedInput(entry, child)];
    }),
  );
}

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function typedText(type: string, text: string): unknown {
  if (type === "number" && NUMBER.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return type === "array" && text === "" ? [] : text;
}
