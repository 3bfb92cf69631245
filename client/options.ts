import type { ConnectionError } from "./errors.ts";

/** The part of a `WebSocket` that the client uses: the platform's has it, and that of the package `ws`. */
export interface Socket {
  readonly readyState: number;
  send(text: string): void;
  close(code: number): void;
  /** Ends the connection without the peer. Only `ws` has it. */
  terminate?(): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "open" | "error" | "close", listener: () => void): void;
}

/** How a client behaves. Times are in milliseconds; `Infinity` switches off what they are for. */
export interface ConnectOptions {
  /**
   * For a reply, counted from the call of `request`, for an attempt to connect, with its token, and
   * for the answer to a close frame, where the `WebSocket` has `terminate`. Default: 30 s.
   */
  timeout?: number;
  /**
   * Whether a request whose connection is lost, or may be, is sent again, with its requestId.
   * It may then run twice: `false` is for what must not. Default: true.
   */
  retry?: boolean;
  /** Requests that may wait while there is no connection. Default: 1,000. */
  maximumQueue?: number;
  /**
   * After so long a silence, `keepAliveAction` is sent, for API Gateway closes a connection on which
   * no message went either way for 10 minutes. Default: 9 minutes.
   */
  keepAlive?: number;
  /** A cheap action that takes no data. Default: `timestamp`. */
  keepAliveAction?: string;
  /**
   * The age, plus up to a twentieth, at which a connection is replaced before API Gateway closes it,
   * which it does after 2 hours. Default: 1 h 50 min.
   */
  renewAfter?: number;
  /** The limits of the wait before a connection is opened again. Default: 0.5 s, doubling to 30 s. */
  minimumDelay?: number;
  maximumDelay?: number;
  /**
   * Attempts in a row that may come to nothing before the client gives up and is closed: that get no
   * token, no connection, or one that brings no message and ends within `maximumDelay`. Those to
   * replace a connection that serves don't count. Default: no limit: it goes on until `close`, and
   * `onStateChange` tells what is wrong.
   */
  maximumAttempts?: number;
  /**
   * Called before each connection; the token goes as the second sub-protocol, after
   * `websocket-lambda`. If it throws, or takes longer than `timeout`, the attempt has failed. It is
   * never called while a call is pending: the next attempt then waits for the same call, which
   * therefore has to settle at some time.
   */
  token?: () => string | Promise<string>;
  /** Called after each change of state; `error` says why the client is `waiting` or `closed`. */
  onStateChange?: (state: State, error?: ConnectionError) => void;
  /**
   * Called with each message that belongs to no request, parsed where it is JSON: what the server
   * posts by itself, and API Gateway's own errors, which don't say which request they are about.
   */
  onUnmatched?: (message: unknown) => void;
  /** Default: the platform's. */
  WebSocket?: new (url: string, protocols?: string[]) => Socket;
  /** From 0 to 1, for the jitter. Default: `Math.random`. */
  random?: () => number;
}

/**
 * Every option with its default, also where a caller passes `undefined`.
 * @throws {TypeError} where the platform has no `WebSocket` and none is passed.
 */
export function withDefaults({
  timeout = 30_000,
  retry = true,
  maximumQueue = 1000,
  keepAlive = 9 * 60_000,
  keepAliveAction = "timestamp",
  renewAfter = 110 * 60_000,
  minimumDelay = 500,
  maximumDelay = 30_000,
  maximumAttempts = Infinity,
  WebSocket = globalThis.WebSocket,
  random = Math.random,
  token,
  ...rest
}: ConnectOptions) {
  // As on Node.js 20, whatever the type of `globalThis` says.
  if (!WebSocket)
    throw new TypeError(
      "This platform has no WebSocket. Use Node.js 22 or later, or pass the option WebSocket.",
    );
  return {
    timeout,
    retry,
    maximumQueue,
    keepAlive,
    keepAliveAction,
    renewAfter,
    minimumDelay,
    maximumDelay,
    maximumAttempts,
    WebSocket,
    random,
    token: token && shareCalls(token),
    ...rest,
  };
}

/** Wraps a function so that a call while another is pending gets the result of that one. */
function shareCalls<Value>(call: () => Value | Promise<Value>): () => Promise<Value> {
  let pending: Promise<Value> | undefined;
  return () =>
    (pending ??= Promise.resolve()
      .then(call)
      .finally(() => {
        pending = undefined;
      }));
}

export type Settings = ReturnType<typeof withDefaults>;

/** `waiting`: before the next attempt to connect. `closed` is for good. */
export type State = "connecting" | "open" | "waiting" | "closed";

export interface RequestOptions {
  /** Rejects the request with the signal's reason. What was sent is not called back. */
  signal?: AbortSignal;
  /** In place of the client's. */
  timeout?: number;
  /** In place of the client's. */
  retry?: boolean;
}
