import type { AwsError } from "./aws-error.ts";

/**
 * One page of a list whose items have unique names: at most `limit` of them, after the item that the
 * token of the previous page names.
 * @param options.token undefined for the first page.
 * @param options.invalidToken is thrown for a token that names no item.
 */
export function pageOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  options: { limit: number; token: string | undefined; invalidToken: () => AwsError },
): { page: Item[]; nextToken?: string } {
  const { limit, token, invalidToken } = options;
  const name = token === undefined ? undefined : Buffer.from(token, "base64url").toString();
  const index = name === undefined ? -1 : items.findIndex((item) => nameOf(item) === name);
  if (name !== undefined && index === -1) throw invalidToken();
  const rest = items.slice(index + 1);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  if (last === undefined || rest.length <= limit) return { page };
  return { page, nextToken: Buffer.from(nameOf(last)).toString("base64url") };
}
