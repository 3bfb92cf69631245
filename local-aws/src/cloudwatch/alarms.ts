import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { defineOperation, type Operation } from "../protocols/operation.ts";
import type { Iam } from "../iam/index.ts";
import { regionOf, type State } from "../state.ts";
import { AlarmParameters } from "./alarm-parameters.ts";
import { checkAlarm } from "./alarm-rules.ts";
import { namedPage } from "./pages.ts";
import type { Alarm } from "./state.ts";
import { checkCount, tagMap } from "./tag-rules.ts";

interface AlarmOptions {
  state: State;
  clock: Clock;
  iam: Iam;
}

const { AlarmName } = AlarmParameters.entries;

const arnOf = (state: State, region: string, name: string) =>
  `arn:aws:cloudwatch:${region}:${state.accountId}:alarm:${name}`;

/**
 * Returns the operations on alarms. Alarms are stored, but never evaluated.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
export function alarmOperations(options: AlarmOptions): Record<string, Operation> {
  const { state, clock, iam } = options;
  return {
    PutMetricAlarm: defineOperation({
      input: AlarmParameters,
      resource: ({ AlarmName }, { region }) => arnOf(state, region, AlarmName),
      handle({ AlarmName, Tags, ...parameters }, { region }) {
        checkAlarm(parameters);
        const { alarms } = regionOf(state, region).cloudwatch;
        const existing = Object.hasOwn(alarms, AlarmName) ? alarms[AlarmName] : undefined;
        // As on AWS, only TagResource changes the tags of an existing alarm.
        const tags = existing?.tags ?? tagMap(Tags);
        checkCount(tags);
        alarms[AlarmName] = {
          AlarmName,
          AlarmArn: arnOf(state, region, AlarmName),
          parameters,
          AlarmConfigurationUpdatedTimestamp: new Date(clock.now()).toISOString(),
          tags,
        };
      },
    }),
    DescribeAlarms: describeAlarms(state),
    DeleteAlarms: defineOperation({
      input: v.strictObject({ AlarmNames: v.pipe(v.array(AlarmName), v.maxLength(100)) }),
      resource: ({ AlarmNames: [first = "*"] }, { region }) => arnOf(state, region, first),
      handle({ AlarmNames }, { region, caller }) {
        const { alarms } = regionOf(state, region).cloudwatch;
        for (const name of AlarmNames)
          iam.authorize(caller, "cloudwatch:DeleteAlarms", arnOf(state, region, name));
        for (const name of AlarmNames) delete alarms[name];
      },
    }),
  };
}

const describeAlarms = (state: State) =>
  defineOperation({
    input: v.strictObject({
      AlarmNames: v.optional(v.pipe(v.array(AlarmName), v.maxLength(100))),
      AlarmNamePrefix: v.optional(AlarmName),
      AlarmTypes: v.optional(v.array(v.picklist(["MetricAlarm", "CompositeAlarm", "LogAlarm"])), [
        "MetricAlarm",
      ]),
      StateValue: v.optional(v.picklist(["OK", "ALARM", "INSUFFICIENT_DATA"])),
      MaxRecords: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 50),
      NextToken: v.optional(v.string()),
    }),
    handle(input, { region }) {
      const { AlarmNames: names, AlarmNamePrefix: prefix = "", AlarmTypes: types } = input;
      const none =
        (types.length > 0 && !types.includes("MetricAlarm")) ||
        (input.StateValue !== undefined && input.StateValue !== "INSUFFICIENT_DATA");
      const all = Object.entries(regionOf(state, region).cloudwatch.alarms);
      const found = all.filter(
        ([name]) => !none && name.startsWith(prefix) && (names?.includes(name) ?? true),
      );
      const { page, nextToken } = namedPage(found, {
        limit: input.MaxRecords,
        token: input.NextToken,
        invalidToken,
      });
      return {
        MetricAlarms: page.map(describe),
        CompositeAlarms: [],
        LogAlarms: [],
        NextToken: nextToken,
      };
    },
  });

const invalidToken = () => new AwsError(400, "InvalidNextToken", "The NextToken is not valid.");

function describe({ AlarmName, AlarmArn, parameters, ...alarm }: Alarm) {
  const updated = new Date(alarm.AlarmConfigurationUpdatedTimestamp);
  return {
    AlarmName,
    AlarmArn,
    AlarmConfigurationUpdatedTimestamp: updated,
    ...parameters,
    StateValue: "INSUFFICIENT_DATA",
    StateReason: "Unchecked: Initial alarm creation",
    StateUpdatedTimestamp: updated,
    StateTransitionedTimestamp: updated,
  };
}
