/** How the query protocol writes a list or a map that the service's model flattens. */
export interface FlattenedMember {
  /** The name of each element, such as `Tag`. */
  name: string;
  /** Of a map: the names of the key and the value of an element. */
  entry?: readonly [key: string, value: string];
}

/**
 * The flattened members of a service's inputs and outputs, by name: with `Tags` as a flattened map of
 * `Tag`, a form has `Tag.1.Key=a`, and XML has `<Tag><Key>a</Key>…</Tag>` for each tag.
 * @see https://smithy.io/2.0/spec/protocol-traits.html#xmlflattened-trait
 */
export type FlattenedMembers = Readonly<Record<string, FlattenedMember>>;
