import type { AwsError } from "../protocols/aws-error.ts";
import { pageOf } from "../protocols/pages.ts";

/**
 * Returns a page of items in the order of their names.
 * @throws {AwsError} the error that `invalidToken` returns.
 */
export function namedPage<Item>(
  entries: readonly (readonly [name: string, item: Item])[],
  options: { limit: number; token: string | undefined; invalidToken: () => AwsError },
): { page: Item[]; nextToken?: string } {
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { page, ...rest } = pageOf(sorted, ([name]) => name, options);
  return { page: page.map(([, item]) => item), ...rest };
}
