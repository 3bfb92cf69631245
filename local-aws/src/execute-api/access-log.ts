import { randomBytes } from "node:crypto";
import { parseArn } from "../arn.ts";
import type { Iam } from "../iam/index.ts";
import { type Logs, WRITE_ACTIONS } from "../logs/index.ts";
import type { State } from "../state.ts";
import { type AccessLogFormat, parseAccessLogFormat } from "./access-log-format.ts";
import type { Outcome } from "./outcome.ts";
import type { PublishedStage } from "./published-stages.ts";

/** The access log of each stage that has one. */
export interface AccessLog {
  /**
   * Writes the line about one request, with the time of its start.
   * @param context the `$context` of the request, without the outcome.
   */
  write(
    published: PublishedStage,
    context: { requestTimeEpoch: number },
    outcome: Omit<Outcome, "response">,
  ): void;
}

/** As API Gateway names its sessions of the account's role. */
const SESSION_NAME = "BackplaneAssumeRoleSession";

type Settings = NonNullable<PublishedStage["stage"]["accessLogSettings"]>;

/** The access log of a stage, as its settings define it. */
interface StageWriter extends Readonly<Settings> {
  readonly target: Parameters<Logs["write"]>[0];
  readonly streamArn: string;
  readonly render: AccessLogFormat;
}

/**
 * Creates the access logs, which are written with the permissions of the account's CloudWatch role.
 * Without the role or its permissions, nothing is written and no error is reported, as on AWS.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export function createAccessLog(options: {
  state: State;
  iam: Pick<Iam, "allows" | "sessionOf">;
  logs: Pick<Logs, "write">;
}): AccessLog {
  const { state, iam, logs } = options;
  /** By the ARN of the stage. Replaced when the settings of the stage change. */
  const writers = new Map<string, StageWriter>();

  const writerOf = (published: PublishedStage, settings: Settings): StageWriter => {
    const { destinationArn, format } = settings;
    const known = writers.get(published.arn);
    if (known?.format === format && known.destinationArn === destinationArn) return known;
    // AWS writes to many streams at a time, each named by 32 hexadecimal digits. Our choice: a stage
    // has one, for as long as the local AWS runs.
    const logStreamName = known?.target.logStreamName ?? randomBytes(16).toString("hex");
    const logGroupName = parseArn(destinationArn)?.resource.replace(/^log-group:/, "") ?? "";
    const added: StageWriter = {
      format,
      destinationArn,
      target: { region: published.region, logGroupName, logStreamName },
      streamArn: `${destinationArn}:log-stream:${logStreamName}`,
      render: parseAccessLogFormat(format),
    };
    writers.set(published.arn, added);
    return added;
  };

  const mayWrite = (region: string, streamArn: string) => {
    const roleArn = state.regions[region]?.apigateway.cloudwatchRoleArn;
    if (roleArn === undefined) return false;
    const session = iam.sessionOf(roleArn, SESSION_NAME);
    return WRITE_ACTIONS.every((action) => iam.allows(session, action, streamArn));
  };

  return {
    write(published, context, { status, error, integrationLatency }) {
      const { stage, region } = published;
      if (stage.accessLogSettings === undefined) return;
      const { target, streamArn, render } = writerOf(published, stage.accessLogSettings);
      if (!mayWrite(region, streamArn)) return;
      const message = render({
        ...context,
        status,
        integrationLatency,
        ...(error !== undefined && { error }),
      });
      logs.write(target, "access-log", [{ timestamp: context.requestTimeEpoch, message }]);
    },
  };
}
