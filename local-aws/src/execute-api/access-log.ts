import { randomBytes } from "node:crypto";
import { parseArn } from "../arn.ts";
import type { Iam } from "../iam/index.ts";
import type { Logs } from "../logs/index.ts";
import type { State } from "../state.ts";
import { type AccessLogFormat, parseAccessLogFormat } from "./access-log-format.ts";
import type { Outcome } from "./outcome.ts";
import type { PublishedStage } from "./published-stages.ts";

/** The access log of each stage that has one. */
export interface AccessLog {
  /**
   * Writes the line about one request, dated with its begin.
   * @param context the `$context` of the request, but for the outcome.
   */
  write(
    published: PublishedStage,
    context: { requestTimeEpoch: number },
    outcome: Omit<Outcome, "response">,
  ): void;
}

/** As API Gateway names its sessions of the account's role. */
const SESSION_NAME = "BackplaneAssumeRoleSession";

/**
 * Access logs, written with the permissions of the account's CloudWatch role. Without the role or its
 * permissions, nothing is written and no error is reported, as on AWS.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export function createAccessLog(options: {
  state: State;
  iam: Pick<Iam, "allows" | "sessionOf">;
  logs: Pick<Logs, "write">;
}): AccessLog {
  const { state, iam, logs } = options;
  const streams = new Map<string, string>();
  /** Of each stage, as long as its format stays what it is. */
  const formats = new Map<string, { text: string; render: AccessLogFormat }>();

  // AWS writes to many streams at a time, each named by 32 hexadecimal digits. Our choice: a stage
  // has one, for as long as the local AWS runs.
  const streamOf = ({ arn }: PublishedStage) => {
    const stream = streams.get(arn) ?? randomBytes(16).toString("hex");
    streams.set(arn, stream);
    return stream;
  };

  const formatOf = ({ arn }: PublishedStage, text: string): AccessLogFormat => {
    const known = formats.get(arn);
    if (known?.text === text) return known.render;
    const render = parseAccessLogFormat(text);
    formats.set(arn, { text, render });
    return render;
  };

  const mayWrite = (region: string, streamArn: string) => {
    const roleArn = state.regions[region]?.apigateway.cloudwatchRoleArn;
    if (roleArn === undefined) return false;
    const session = iam.sessionOf(roleArn, SESSION_NAME);
    return ["logs:CreateLogStream", "logs:PutLogEvents"].every((action) =>
      iam.allows(session, action, streamArn),
    );
  };

  return {
    write(published, context, { status, error, integrationLatency }) {
      const { stage, region } = published;
      if (stage.accessLogSettings === undefined) return;
      const { destinationArn, format } = stage.accessLogSettings;
      const stream = streamOf(published);
      if (!mayWrite(region, `${destinationArn}:log-stream:${stream}`)) return;
      const group = parseArn(destinationArn)?.resource.replace(/^log-group:/, "") ?? "";
      const message = formatOf(
        published,
        format,
      )({
        ...context,
        status,
        integrationLatency,
        ...(error !== undefined && { error }),
      });
      const target = { region, logGroupName: group, logStreamName: stream };
      logs.write(target, "access-log", [{ timestamp: context.requestTimeEpoch, message }]);
    },
  };
}
