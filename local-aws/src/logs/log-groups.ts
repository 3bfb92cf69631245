import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { only } from "../protocols/only.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import { regionOf, type State } from "../state.ts";
import { alreadyExists, invalidParameter, noSuchGroup } from "./log-errors.ts";
import { GroupIdentifier, GroupName, pattern } from "./names.ts";
import { pageOf, pageParameters } from "./pages.ts";
import type { LogGroup } from "./state.ts";
import { Tags } from "./tag-schema.ts";

export function groupIn(state: State, region: string, logGroupName: string): LogGroup | undefined {
  const { groups } = regionOf(state, region).logs;
  return Object.hasOwn(groups, logGroupName) ? groups[logGroupName] : undefined;
}

/** The ARN of a log group without the `:*` at its end. */
const groupArn = (state: State, region: string, logGroupName: string) =>
  `arn:aws:logs:${region}:${state.accountId}:log-group:${logGroupName}`;

/** Adds a log group in place of any that has its name. */
export function addGroup(
  state: State,
  created: Pick<LogGroup, "logGroupName" | "creationTime" | "tags"> & { region: string },
): LogGroup {
  const { region, logGroupName, creationTime, tags } = created;
  const arn = `${groupArn(state, region, logGroupName)}:*`;
  const group = { logGroupName, arn, creationTime, tags, metricFilters: {} };
  regionOf(state, region).logs.groups[logGroupName] = group;
  return group;
}

/** @throws {AwsError} 400 ResourceNotFoundException */
export function findGroup(state: State, region: string, logGroupName: string): LogGroup {
  const group = groupIn(state, region, logGroupName);
  if (group === undefined) throw noSuchGroup();
  return group;
}

/** The parameters of the operations that take a log group by its name or its ARN. */
export const groupReference = {
  logGroupName: v.optional(GroupName),
  logGroupIdentifier: v.optional(GroupIdentifier),
};

interface GroupReference {
  logGroupName?: string | undefined;
  logGroupIdentifier?: string | undefined;
}

/**
 * The name of the log group that a request means.
 * @throws {AwsError} 400 ValidationException if it has both parameters, 400 InvalidParameterException if
 * it has neither, 400 ResourceNotFoundException for the ARN of another region or account.
 */
export function groupNameOf(state: State, region: string, reference: GroupReference): string {
  const { logGroupName, logGroupIdentifier: identifier } = reference;
  if (identifier === undefined) {
    if (logGroupName !== undefined) return logGroupName;
    throw invalidParameter("Specify either logGroupName or logGroupIdentifier.");
  }
  if (logGroupName !== undefined)
    throw new AwsError(
      400,
      "ValidationException",
      "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
    );
  if (!identifier.startsWith("arn:")) return identifier;
  const ownArn = groupArn(state, region, "");
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
): string => `${groupArn(state, region, logGroupName)}:log-stream:${logStreamName}`;

/** The values that AWS allows. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

const RetentionInDays = v.pipe(
  v.number(),
  v.integer(),
  v.check(
    (days) => retentionDays.includes(days),
    `Member must satisfy enum value set: [${retentionDays.join(", ")}]`,
  ),
);

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
        tags: v.optional(Tags, {}),
      }),
      resource,
      handle({ logGroupName, deletionProtectionEnabled, tags }, { region }) {
        if (groupIn(state, region, logGroupName) !== undefined) throw alreadyExists("log group");
        const group = addGroup(state, { region, logGroupName, creationTime: clock.now(), tags });
        protect(group, deletionProtectionEnabled);
      },
    }),
    DeleteLogGroup: defineOperation({
      input: v.strictObject({ logGroupName: GroupName }),
      resource,
      handle({ logGroupName }, { region }) {
        checkProtection(findGroup(state, region, logGroupName));
        delete regionOf(state, region).logs.groups[logGroupName];
      },
    }),
    PutLogGroupDeletionProtection: defineOperation({
      input: v.strictObject({
        logGroupIdentifier: GroupIdentifier,
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
        logGroupNamePrefix: v.optional(GroupName),
        logGroupNamePattern: v.optional(
          v.pipe(v.string(), v.maxLength(512), pattern(String.raw`[\.\-_/#A-Za-z0-9]*`)),
        ),
        ...pageParameters,
      }),
      resource: (_input, { region }) => streamArn(state, region, ""),
      handle({ logGroupNamePrefix: prefix, logGroupNamePattern: part, ...paging }, { region }) {
        if (prefix !== undefined && part !== undefined)
          throw invalidParameter(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
          );
        const groups = Object.values(regionOf(state, region).logs.groups)
          .filter(
            ({ logGroupName: name }) => name.startsWith(prefix ?? "") && name.includes(part ?? ""),
          )
          .toSorted((a, b) => (a.logGroupName < b.logGroupName ? -1 : 1));
        const { items, ...rest } = pageOf(groups, (group) => group.logGroupName, paging);
        return { logGroups: items.map(part === undefined ? describe : summarize), ...rest };
      },
    }),
    PutRetentionPolicy: defineOperation({
      input: v.strictObject({ logGroupName: GroupName, retentionInDays: RetentionInDays }),
      resource,
      handle({ logGroupName, retentionInDays }, { region }) {
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

/**
 * Our choice: for a log stream the message names its log group, because its own message is not recorded.
 * @throws {AwsError} 400 ValidationException if the group is protected: nothing in it can be deleted.
 */
export function checkProtection({ deletionProtectionEnabled }: LogGroup): void {
  if (deletionProtectionEnabled)
    throw new AwsError(
      400,
      "ValidationException",
      "Cannot delete log group with deletion protection enabled. Disable deletion protection first.",
    );
}

/** The members of a group that is found by a part of its name. */
const summarize = (group: LogGroup) => ({
  logGroupName: group.logGroupName,
  creationTime: group.creationTime,
  metricFilterCount: Object.keys(group.metricFilters).length,
  arn: group.arn,
  logGroupArn: group.arn.replace(/:\*$/, ""),
  logGroupClass: "STANDARD",
});

const describe = (group: LogGroup) => ({
  ...summarize(group),
  retentionInDays: group.retentionInDays,
  deletionProtectionEnabled: group.deletionProtectionEnabled ?? false,
  bearerTokenAuthenticationEnabled: false,
  // Our choice: AWS counts with a delay of hours, so a young group has 0 there too.
  storedBytes: 0,
});
