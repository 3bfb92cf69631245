/** The public API of `@websocket-lambda/local-aws`. */
export { type Clock, systemClock, type Timer } from "./clock.ts";
export type { ConsoleOptions, JsonSchema } from "./console/settings.ts";
export {
  type FaultName,
  type FaultRates,
  FAULTS,
  listFaults,
  parseFaults,
} from "./faults/faults.ts";
export type { FramePattern } from "./frame-pattern.ts";
export type { HookEvent, LocalAwsEvent } from "./hooks.ts";
export type { FunctionOverview } from "./lambda/overview.ts";
export { createLocalAws, type Listener, type LocalAws, type LocalAwsOptions } from "./local-aws.ts";
export type { WrittenLogEvent } from "./logs/index.ts";
export { createManualClock, type ManualClock } from "./manual-clock.ts";
export type { Page } from "./server/server.ts";
export { LOCAL_ACCOUNT_ID } from "./state.ts";
export { formatLogEvent, type FunctionLogEvent } from "./terminal/log-format.ts";
export type { MapStack } from "./terminal/stack-text.ts";
export { formatMessage } from "./terminal/trace-format.ts";
export type { TimingName } from "./timing.ts";
export { type Span, spansOf } from "./trace/spans.ts";
export type {
  ApiOverview,
  Overview,
  Point,
  ProgressFrame,
  ProgressSummary,
  StageOverview,
  TraceResponse,
  TracedMessage,
} from "./trace/types.ts";
