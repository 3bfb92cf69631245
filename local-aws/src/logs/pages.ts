import { pageOf as commonPageOf } from "../protocols/pages.ts";
import { invalidParameter } from "./log-errors.ts";

/** @throws {AwsError} 400 InvalidParameterException for a token that names no item. */
export function pageOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { limit = 50, nextToken }: { limit?: number | undefined; nextToken?: string | undefined },
): { items: Item[]; nextToken?: string } {
  const invalidToken = () => invalidParameter("The specified nextToken is invalid.");
  const { page, ...rest } = commonPageOf(items, nameOf, { limit, token: nextToken, invalidToken });
  return { items: page, ...rest };
}
