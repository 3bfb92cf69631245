import { AwsError } from "../protocols/aws-error.ts";
import { pageOf } from "../protocols/pages.ts";

/**
 * A page of things in the order of their names.
 * @throws {AwsError} 400 InvalidNextToken.
 */
export function namedPage<Item>(
  entries: readonly (readonly [name: string, item: Item])[],
  { limit, token }: { limit: number; token: string | undefined },
): { page: Item[]; nextToken?: string } {
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { page, ...rest } = pageOf(sorted, ([name]) => name, { limit, token, invalidToken });
  return { page: page.map(([, item]) => item), ...rest };
}

const invalidToken = () => new AwsError(400, "InvalidNextToken", "The NextToken is not valid.");
