import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { only } from "../protocols/only.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { regionOf, type State } from "../state.ts";
import { alreadyExists, constraintViolated, invalidParameter, noSuchGroup } from "./log-errors.ts";
import { pageOf } from "./pages.ts";
import type { LogGroup } from "./state.ts";

export function groupIn(state: State, region: string, logGroupName: string): LogGroup | undefined {
  const { groups } = regionOf(state, region).logs;
  return Object.hasOwn(groups, logGroupName) ? groups[logGroupName] : undefined;
}

/** @throws {AwsError} 400 ResourceNotFoundException */
export function findGroup(state: State, region: string, logGroupName: string): LogGroup {
  const group = groupIn(state, region, logGroupName);
  if (group === undefined) throw noSuchGroup();
  return group;
}

/** The parameters of the operations that take a log group by its name or its ARN. */
export const groupReference = {
  logGroupName: v.optional(v.string()),
  logGroupIdentifier: v.optional(v.string()),
};

interface GroupReference {
  logGroupName?: string | undefined;
  logGroupIdentifier?: string | undefined;
}

/**
 * The name of the log group that a request means.
 * @throws {AwsError} 400 InvalidParameterException unless it has exactly one of the two parameters, 400
 * ResourceNotFoundException for the ARN of another region or account.
 */
export function groupNameOf(state: State, region: string, reference: GroupReference): string {
  const { logGroupName, logGroupIdentifier: identifier } = reference;
  if (identifier === undefined && logGroupName !== undefined) return logGroupName;
  if (identifier === undefined || logGroupName !== undefined)
    throw invalidParameter("Specify either logGroupName or logGroupIdentifier, and not both.");
  if (!/^[\w#+=/:,.@-]{1,2048}$/.test(identifier)) {
    const constraint = "Member must satisfy regular expression pattern: [\\w#+=/:,.@-]*";
    throw constraintViolated(identifier, "logGroupIdentifier", constraint);
  }
  if (!identifier.startsWith("arn:")) return identifier;
  const ownArn = `arn:aws:logs:${region}:${state.accountId}:log-group:`;
  if (!identifier.startsWith(ownArn)) throw noSuchGroup();
  return identifier.slice(ownArn.length);
}

/**
 * The ARN that a policy must allow. `arn:…:log-group:{name}:*`, as a group's own ARN reads, allows
 * every stream of the group and, as a stream without a name, the group itself.
 */
export const streamArn = (
  state: State,
  region: string,
  logGroupName: string,
  logStreamName = "",
): string =>
  `arn:aws:logs:${region}:${state.accountId}:log-group:${logGroupName}:log-stream:${logStreamName}`;

/** The values that AWS allows. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

const GroupName = v.string();

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export function logGroupOperations({
  state,
  clock,
}: {
  state: State;
  clock: Clock;
}): Record<string, Operation> {
  const resource = (input: { logGroupName: string }, { region }: { region: string }) =>
    streamArn(state, region, input.logGroupName);

  return {
    CreateLogGroup: defineOperation({
      input: v.strictObject({
        logGroupName: GroupName,
        logGroupClass: v.optional(only("logGroupClass", "STANDARD")),
        deletionProtectionEnabled: v.optional(v.boolean(), false),
        tags: v.optional(v.record(v.string(), v.string()), {}),
      }),
      resource,
      handle({ logGroupName, deletionProtectionEnabled, tags }, { region }) {
        checkGroupName(logGroupName);
        const { groups } = regionOf(state, region).logs;
        if (Object.hasOwn(groups, logGroupName)) throw alreadyExists("log group");
        const arn = `arn:aws:logs:${region}:${state.accountId}:log-group:${logGroupName}:*`;
        const creationTime = clock.now();
        const group = { logGroupName, arn, creationTime, tags, metricFilters: {} };
        groups[logGroupName] = group;
        protect(group, deletionProtectionEnabled);
      },
    }),
    DeleteLogGroup: defineOperation({
      input: v.strictObject({ logGroupName: GroupName }),
      resource,
      handle({ logGroupName }, { region }) {
        const group = findGroup(state, region, logGroupName);
        if (group.deletionProtectionEnabled)
          throw new AwsError(
            400,
            "ValidationException",
            "Cannot delete log group with deletion protection enabled. Disable deletion protection first.",
          );
        delete regionOf(state, region).logs.groups[logGroupName];
      },
    }),
    PutLogGroupDeletionProtection: defineOperation({
      input: v.strictObject({
        logGroupIdentifier: v.string(),
        deletionProtectionEnabled: v.boolean(),
      }),
      resource: (input, { region }) => streamArn(state, region, groupNameOf(state, region, input)),
      handle({ deletionProtectionEnabled, ...reference }, { region }) {
        const group = findGroup(state, region, groupNameOf(state, region, reference));
        protect(group, deletionProtectionEnabled);
      },
    }),
    DescribeLogGroups: defineOperation({
      input: v.strictObject({
        logGroupNamePrefix: v.optional(v.string(), ""),
        limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50))),
        nextToken: v.optional(v.string()),
      }),
      resource: (_input, { region }) => streamArn(state, region, ""),
      handle({ logGroupNamePrefix, ...paging }, { region }) {
        const groups = Object.values(regionOf(state, region).logs.groups)
          .filter((group) => group.logGroupName.startsWith(logGroupNamePrefix))
          .toSorted((a, b) => (a.logGroupName < b.logGroupName ? -1 : 1));
        const { items, ...rest } = pageOf(groups, (group) => group.logGroupName, paging);
        return { logGroups: items.map(describe), ...rest };
      },
    }),
    PutRetentionPolicy: defineOperation({
      input: v.strictObject({ logGroupName: GroupName, retentionInDays: v.number() }),
      resource,
      handle({ logGroupName, retentionInDays }, { region }) {
        if (!retentionDays.includes(retentionInDays)) {
          const allowed = `Member must satisfy enum value set: [${retentionDays.join(", ")}]`;
          throw constraintViolated(retentionInDays, "retentionInDays", allowed);
        }
        findGroup(state, region, logGroupName).retentionInDays = retentionInDays;
      },
    }),
    DeleteRetentionPolicy: defineOperation({
      input: v.strictObject({ logGroupName: GroupName }),
      resource,
      handle({ logGroupName }, { region }) {
        delete findGroup(state, region, logGroupName).retentionInDays;
      },
    }),
  };
}

function protect(group: LogGroup, isProtected: boolean): void {
  if (isProtected) group.deletionProtectionEnabled = true;
  else delete group.deletionProtectionEnabled;
}

function checkGroupName(name: string): void {
  const pattern = "[\\.\\-_/#A-Za-z0-9]+";
  if (!new RegExp(`^${pattern}$`).test(name)) {
    const constraint = `Member must satisfy regular expression pattern: ${pattern}`;
    throw constraintViolated(name, "logGroupName", constraint);
  }
  if (name.length > 512) {
    const constraint = "Member must have length less than or equal to 512";
    throw constraintViolated(name, "logGroupName", constraint);
  }
}

const describe = (group: LogGroup) => ({
  logGroupName: group.logGroupName,
  creationTime: group.creationTime,
  retentionInDays: group.retentionInDays,
  metricFilterCount: Object.keys(group.metricFilters).length,
  arn: group.arn,
  logGroupArn: group.arn.replace(/:\*$/, ""),
  logGroupClass: "STANDARD",
  deletionProtectionEnabled: group.deletionProtectionEnabled ?? false,
  // Our choice: AWS counts with a delay of hours, so a young group has 0 there too.
  storedBytes: 0,
});
