export type { ActionName, Data, DefaultActions, Json, Registry, Result } from "./actions.ts";
export { type Client, connect } from "./connect.ts";
export { ConnectionError, NoReplyError, type NoReplyCode, RequestError } from "./errors.ts";
export type { ConnectOptions, RequestOptions, State } from "./options.ts";
