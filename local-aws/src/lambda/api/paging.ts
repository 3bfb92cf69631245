import * as v from "valibot";
import { pageOf } from "../../protocols/pages.ts";
import { invalid } from "./function-name.ts";

/** The maximum number of versions or layers in a response. */
const MAX_ITEMS = 50;

/** The parameters of the operations that list versions or layers. */
export const pagingInput = {
  Marker: v.exactOptional(v.string()),
  MaxItems: v.exactOptional(
    v.pipe(v.string(), v.regex(/^[1-9]\d{0,4}$/), v.transform(Number)),
    String(MAX_ITEMS),
  ),
};

/** Returns a page of a list, and the `NextMarker` of the response unless it is the last page. */
export function markedPage<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { Marker, MaxItems }: { Marker?: string; MaxItems: number },
): { page: Item[]; NextMarker?: string } {
  const { page, nextToken } = pageOf(items, nameOf, {
    limit: Math.min(MaxItems, MAX_ITEMS),
    token: Marker,
    // Our choice, because there is no source: the message.
    invalidToken: () => invalid("The marker is not valid."),
  });
  return { page, ...(nextToken !== undefined && { NextMarker: nextToken }) };
}
