export type {
  ActionName,
  ActionType,
  ActionTypes,
  AnyActions,
  Data,
  Json,
  Progress,
  Result,
} from "./actions.ts";
export { type Client, connect } from "./connect.ts";
export {
  ConnectionError,
  type ErrorCode,
  NoReplyError,
  type NoReplyCode,
  RequestError,
} from "./errors.ts";
export type { ConnectOptions, RequestOptions, State, StreamOptions } from "./options.ts";
export type { Stream } from "./stream.ts";
