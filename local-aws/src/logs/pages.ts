import * as v from "valibot";
import { pageOf as commonPageOf } from "../protocols/pages.ts";
import { invalidParameter } from "./log-errors.ts";

export const nextToken = v.optional(v.pipe(v.string(), v.minLength(1)));

/** The parameters of most operations that return a list. */
export const pageParameters = {
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50))),
  nextToken,
};

/**
 * @param invalidToken is the message for a token that names no item.
 * @throws {AwsError} 400 InvalidParameterException for such a token.
 */
export function pageOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { limit = 50, nextToken }: { limit?: number | undefined; nextToken?: string | undefined },
  invalidToken = "The specified nextToken is invalid.",
): { items: Item[]; nextToken?: string } {
  const { page, ...rest } = commonPageOf(items, nameOf, {
    limit,
    token: nextToken,
    invalidToken: () => invalidParameter(invalidToken),
  });
  return { items: page, ...rest };
}
