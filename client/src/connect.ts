import type { ActionName, ActionTypes, AnyActions, Data, Progress, Result } from "./actions.ts";
import type { Connection } from "./connection.ts";
import { keepConnected } from "./keep-connected.ts";
import { later } from "./later.ts";
import {
  type ConnectOptions,
  type RequestOptions,
  type State,
  type StreamOptions,
  withDefaults,
} from "./options.ts";
import { createRequests } from "./requests.ts";
import { createStream, type Stream } from "./stream.ts";

/** @typeParam Actions an `ActionType` per action. Default: any action, with any data and result. */
export interface Client<Actions extends ActionTypes<Actions> = AnyActions> {
  readonly state: State;
  /**
   * Sends a request and resolves with its result. If there is no connection, the request waits for one.
   * Rejects with a `RequestError` if the server replies with an error frame, with a `NoReplyError` if
   * there is no reply, with the reason of the signal, and with the TypeError of `JSON.stringify`.
   * @param rest the data, which is optional if the action needs none, and the options.
   */
  request<Name extends ActionName<Actions>>(
    action: Name,
    ...rest: Arguments<Data<Actions, Name>, RequestOptions<Progress<Actions, Name>>>
  ): Promise<Result<Actions, Name>>;
  /**
   * Sends a request as `request` does, and returns the pieces of its result as they come. Pieces that
   * are not read yet stay in memory.
   */
  stream<Name extends ActionName<Actions>>(
    action: Name,
    ...rest: Arguments<Data<Actions, Name>, StreamOptions>
  ): Stream<Progress<Actions, Name>, Result<Actions, Name>>;
  /**
   * Rejects all pending requests and closes the connection. The client cannot be used again.
   * @param code a close code: 1000, the default, or 3000 to 4999.
   * @throws {RangeError} for any other code. The client then stays open.
   */
  close(code?: number): void;
}

type Arguments<Data, Options> = undefined extends Data
  ? [data?: Data, options?: Options]
  : [data: Data, options?: Options];

/**
 * Connects to a stack, and stays connected until `close`. Until then, it keeps a Node.js process running.
 * @typeParam Actions the types of the actions that the stack has.
 * @param url the Terraform output `websocket_url`, or the URL of a local AWS.
 * @throws {TypeError} if the platform has no `WebSocket` and none is passed.
 */
export function connect<Actions extends ActionTypes<Actions> = AnyActions>(
  url: string,
  options: ConnectOptions = {},
): Client<Actions> {
  const settings = withDefaults(options);
  const { keepAliveAction, onUnmatched } = settings;

  /** Closes a replaced connection when no request waits for a reply on it any more. */
  const release = (connection: Connection) => {
    if (connection !== kept.current && !requests.isInUse(connection)) connection.end();
  };
  const requests = createRequests(settings, {
    current: () => kept.current,
    failure: () => kept.failure,
    onSilence: (connection) => {
      if (connection === kept.current) kept.renew();
    },
    onSettled: release,
  });
  const kept = keepConnected(url, settings, {
    onOpen(replaced) {
      requests.send();
      if (replaced) release(replaced);
    },
    onMessage(message, connection) {
      if (!requests.handle(message, connection)) later(onUnmatched, message);
    },
    onIdle(connection) {
      // The idle connection may be a replaced one that still waits for a reply. Any reply will do, also
      // an error frame. Without a reply, the connection is suspect.
      requests.add(keepAliveAction, undefined, { retry: false }, connection).result.catch(() => {});
    },
    onEnd: requests.resend,
    onClose: requests.end,
  });

  return {
    get state() {
      return kept.state;
    },
    // The types are the application's: the client checks neither results nor pieces.
    request: (action, ...[data, requestOptions]) =>
      requests.add(action, data, requestOptions as RequestOptions).result as Promise<
        Result<Actions, typeof action>
      >,
    stream: (action, ...[data, streamOptions]) =>
      createStream(
        (callOptions) => requests.add(action, data, callOptions),
        streamOptions,
      ) as Stream<Progress<Actions, typeof action>, Result<Actions, typeof action>>,
    close: kept.close,
  };
}
