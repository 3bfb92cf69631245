import * as v from "valibot";

/** A list in the query protocol, where an empty one comes as an empty string. */
export const queryList = <Item extends v.GenericSchema>(item: Item) =>
  v.union([
    v.array(item),
    v.pipe(
      v.literal(""),
      v.transform((): v.InferOutput<Item>[] => []),
    ),
  ]);

/** A page of things with unique names, in the order of these. */
export function pageOf<Item>(
  items: Readonly<Record<string, Item>>,
  { after = "", limit }: { after?: string | undefined; limit: number },
): { page: Item[]; NextToken?: string } {
  const rest = Object.keys(items)
    .toSorted()
    .filter((name) => name > after);
  const names = rest.slice(0, limit);
  const page = names.flatMap((name) => items[name] ?? []);
  const last = names.at(-1);
  return rest.length > limit && last !== undefined ? { page, NextToken: last } : { page };
}
