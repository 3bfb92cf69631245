import { invalidParameter } from "./log-errors.ts";

/**
 * One page of a list whose items have unique names: at most `limit` of them, after the one that
 * the token of the page before names.
 * @throws {AwsError} 400 InvalidParameterException for a token that names none of them.
 */
export function pageOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { limit = 50, nextToken }: { limit?: number | undefined; nextToken?: string | undefined },
): { items: Item[]; nextToken?: string } {
  const start = nextToken === undefined ? 0 : positionAfter(items.map(nameOf), nextToken);
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  if (last === undefined || start + limit >= items.length) return { items: page };
  return { items: page, nextToken: Buffer.from(nameOf(last)).toString("base64url") };
}

function positionAfter(names: readonly string[], token: string): number {
  const index = names.indexOf(Buffer.from(token, "base64url").toString());
  if (index === -1) throw invalidParameter("The specified nextToken is invalid.");
  return index + 1;
}
