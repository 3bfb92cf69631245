/** The parts of an input's schema that say which type it has. */
export interface SchemaNode {
  type: string;
  /** Of an optional schema. */
  wrapped?: SchemaNode;
  /** Of a list. */
  item?: SchemaNode;
  /** Of an object. */
  entries?: Readonly<Record<string, SchemaNode>>;
  /** Of a map. */
  value?: SchemaNode;
  /** Of a union: the alternatives. */
  options?: readonly unknown[];
  /** The schema, and the checks of its value. */
  pipe?: readonly { type: string }[];
}

/** The schema of a value in a list, a map or a structure, and the kind of this container. */
export function childOf(
  { type, wrapped, item, entries, value, options = [] }: SchemaNode,
  key: string,
): { kind: "list" | "map" | "structure"; schema: SchemaNode | undefined } | undefined {
  if (wrapped !== undefined) return childOf(wrapped, key);
  if (item !== undefined) return { kind: "list", schema: item };
  if (type === "record") return { kind: "map", schema: value };
  if (entries !== undefined)
    return { kind: "structure", schema: Object.hasOwn(entries, key) ? entries[key] : undefined };
  for (const option of options) {
    const child = typeof option === "object" ? childOf(option as SchemaNode, key) : undefined;
    if (child !== undefined) return child;
  }
  return undefined;
}

/** The types of the checks and transformations of a value. */
export const actionsOf = ({ wrapped, pipe = [] }: SchemaNode): string[] =>
  wrapped === undefined ? pipe.map(({ type }) => type) : actionsOf(wrapped);
