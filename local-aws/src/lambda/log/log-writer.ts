import type { Iam } from "../../iam/index.ts";
import { type LogEvent, type Logs, WRITE_ACTIONS } from "../../logs/index.ts";
import type { LogEventAuthor } from "../../logs/log-event-author.ts";
import { reportError } from "../../report-error.ts";
import { arnOf } from "../functions.ts";
import type { FunctionConfiguration } from "../state.ts";

/** Writes events to the log stream of an execution environment. */
export type LogWriter = (author: LogEventAuthor, events: LogEvent[]) => void;

/**
 * Creates a writer with the permissions of a function's role. It creates a missing log group if the role
 * allows it. Without a log group or a permission, the events are lost and the function still runs, as on
 * AWS.
 *
 * Our choice: this process prints a warning about lost events, once for each version of a function.
 */
export function createLogWriter(
  { iam, logs, warned }: { iam: Iam; logs: Logs; warned: WeakSet<FunctionConfiguration> },
  configuration: FunctionConfiguration,
  logStreamName: string,
): LogWriter {
  const { FunctionName, Role, LoggingConfig } = configuration;
  const { LogGroup: logGroupName } = LoggingConfig;
  const { region, accountId } = arnOf(configuration);
  const session = iam.sessionOf(Role, FunctionName);
  const streamsArn = `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:log-stream:`;
  const streamArn = streamsArn + logStreamName;
  const stream = { region, logGroupName, logStreamName };

  const allowsWrite = (action: string) => iam.allows(session, action, streamArn);
  const write: (...written: Parameters<LogWriter>) => boolean = (author, events) =>
    WRITE_ACTIONS.every(allowsWrite) && logs.write(stream, author, events);
  const createGroup = () =>
    iam.allows(session, "logs:CreateLogGroup", streamsArn) &&
    logs.createGroup(region, logGroupName);

  const warn = () => {
    if (warned.has(configuration)) return;
    warned.add(configuration);
    const denied = WRITE_ACTIONS.filter((action) => !allowsWrite(action));
    const reason =
      denied.length > 0
        ? `Its role ${Role} does not allow ${denied.join(" and ")}.`
        : `There is no log group ${logGroupName}, and its role ${Role} does not allow logs:CreateLogGroup.`;
    reportError(`The logs of the function ${FunctionName} are lost. ${reason}`, "LocalAwsLostLogs");
  };

  return (author, events) => {
    if (write(author, events)) return;
    if (!createGroup() || !write(author, events)) warn();
  };
}
