import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { only } from "../protocols/only.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { regionOf, type State } from "../state.ts";
import { GroupName, pattern } from "./names.ts";
import { nextToken, pageOf } from "./pages.ts";
import type { QueryDefinition } from "./state.ts";

const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const QueryId = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const queryLanguage = v.optional(only("queryLanguage", "CWLI"));

/**
 * Saved queries of CloudWatch Logs Insights are stored and returned. They cannot be run.
 *
 * Our choice: several queries can have the same name, the syntax of a query is not checked, its log
 * groups do not have to exist, and a repeated client token has no effect.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
 */
export function queryDefinitionOperations({
  state,
  clock,
}: {
  state: State;
  clock: Clock;
}): Record<string, Operation> {
  /** @throws {AwsError} 400 ResourceNotFoundException if there is no query with the ID. */
  const definitionsWith = (region: string, queryDefinitionId: string) => {
    const { queryDefinitions } = regionOf(state, region).logs;
    if (!Object.hasOwn(queryDefinitions, queryDefinitionId)) throw noSuchQuery();
    return queryDefinitions;
  };

  return {
    PutQueryDefinition: defineOperation({
      input: v.strictObject({
        name: Name,
        queryString: v.pipe(v.string(), v.minLength(1), v.maxLength(10_000)),
        logGroupNames: v.optional(v.array(GroupName), []),
        queryDefinitionId: v.optional(QueryId),
        queryLanguage,
        clientToken: v.optional(
          v.pipe(v.string(), v.minLength(36), v.maxLength(128), pattern(String.raw`\S{36,128}`)),
        ),
      }),
      handle({ name, queryString, logGroupNames, queryDefinitionId: given }, { region }) {
        const definitions =
          given === undefined
            ? regionOf(state, region).logs.queryDefinitions
            : definitionsWith(region, given);
        const queryDefinitionId = given ?? randomUUID();
        const lastModified = clock.now();
        definitions[queryDefinitionId] = {
          queryDefinitionId,
          name,
          queryString,
          logGroupNames,
          lastModified,
        };
        return { queryDefinitionId };
      },
    }),
    DescribeQueryDefinitions: defineOperation({
      input: v.strictObject({
        queryDefinitionNamePrefix: v.optional(Name),
        queryLanguage,
        maxResults: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))),
        nextToken,
      }),
      handle({ queryDefinitionNamePrefix: prefix = "", maxResults, nextToken: token }, { region }) {
        const definitions = Object.values(regionOf(state, region).logs.queryDefinitions)
          .filter(({ name }) => name.startsWith(prefix))
          .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
        const { items, ...rest } = pageOf(definitions, keyOf, {
          limit: maxResults,
          nextToken: token,
        });
        const queryDefinitions = items.map((item) => ({ queryLanguage: "CWLI", ...item }));
        return { queryDefinitions, ...rest };
      },
    }),
    DeleteQueryDefinition: defineOperation({
      input: v.strictObject({ queryDefinitionId: QueryId }),
      handle({ queryDefinitionId }, { region }) {
        delete definitionsWith(region, queryDefinitionId)[queryDefinitionId];
        return { success: true };
      },
    }),
  };
}

const keyOf = ({ name, queryDefinitionId }: QueryDefinition) => `${name}:${queryDefinitionId}`;

/** Our choice: the message. The API's reference has only the name of the error. */
const noSuchQuery = () =>
  new AwsError(400, "ResourceNotFoundException", "The specified query definition does not exist.");
