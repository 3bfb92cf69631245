import type { ConnectionError } from "./errors.ts";

/**
 * The part of `WebSocket` that the client uses. The platform's `WebSocket` and that of the `ws` package
 * both have it.
 */
export interface Socket {
  readonly readyState: number;
  send(text: string): void;
  close(code: number): void;
  /** Closes the connection without waiting for the server. Only `ws` has it. */
  terminate?(): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "open" | "error" | "close", listener: () => void): void;
}

/** Options of a client. Times are in milliseconds. `Infinity` disables a time limit. */
export interface ConnectOptions {
  /**
   * The time limit for three things: a reply, counted from the call of `request` or `stream` and again
   * from each piece; an attempt to connect, including the call of `token`; and the server's close frame
   * after `close`, if the `WebSocket` has `terminate`. Default: 30 s.
   */
  timeout?: number;
  /**
   * Whether to send a request again, with the same requestId, if its connection closes or seems dead.
   * The request can then run twice. Set `false` for requests that must not run twice: they are sent again
   * only after `TOKEN_EXPIRED`, because they did not run. Default: true.
   */
  retry?: boolean;
  /** The maximum number of requests that wait while there is no connection. Default: 1,000. */
  maximumQueue?: number;
  /**
   * The idle time after which the client sends `keepAliveAction`. API Gateway closes a connection
   * after 10 minutes without a message in either direction. Default: 9 minutes.
   */
  keepAlive?: number;
  /** An inexpensive action that needs no data. Default: `ping`. */
  keepAliveAction?: string;
  /**
   * The age at which the client replaces a connection, plus a random part of up to 5%. API Gateway
   * closes a connection after 2 hours. Default: 1 h 50 min. If the token is a JWT, the client replaces
   * the connection after 90% of the time until `exp` if that is earlier, but not before `maximumDelay`.
   */
  renewAfter?: number;
  /**
   * The delay before the next attempt to connect is a random time below a limit. The limit starts at
   * `minimumDelay`, and doubles with each failed attempt up to `maximumDelay`. Default: 0.5 s to 30 s.
   */
  minimumDelay?: number;
  maximumDelay?: number;
  /**
   * The number of failed attempts in a row after which the client stops and is closed. An attempt
   * fails if it gets no token, if it gets no connection, or if the connection closes within
   * `maximumDelay` without a message or with `TOKEN_EXPIRED`. Attempts to replace a working connection
   * do not count. Default: no limit. The client then tries until `close`, and `onStateChange` receives
   * the errors.
   */
  maximumAttempts?: number;
  /**
   * Returns the token. Called before each attempt to connect. The client sends the token as the second
   * subprotocol, after `websocket-lambda`. If `token` throws, or takes longer than `timeout`, the
   * attempt fails. `token` is never called while a previous call is pending. The next attempt waits
   * for that call, so the call must settle eventually.
   */
  token?: () => string | Promise<string>;
  /** Called after each change of state. `error` says why the client is `waiting` or `closed`. */
  onStateChange?: (state: State, error?: ConnectionError) => void;
  /**
   * Called with each message that does not match a request, parsed if it is JSON. Examples are messages
   * that the server sends on its own, and API Gateway's error frames, which do not name the request.
   */
  onUnmatched?: (message: unknown) => void;
  /** The `WebSocket` class. Default: the platform's. */
  WebSocket?: new (url: string, protocols?: string[]) => Socket;
  /** Returns a number from 0 to 1, for the jitter. Default: `Math.random`. */
  random?: () => number;
}

/**
 * Returns the options with their defaults, also for options that are `undefined`.
 * @throws {TypeError} if the platform has no `WebSocket` and none is passed.
 */
export function withDefaults({
  timeout = 30_000,
  retry = true,
  maximumQueue = 1000,
  keepAlive = 9 * 60_000,
  keepAliveAction = "ping",
  renewAfter = 110 * 60_000,
  minimumDelay = 500,
  maximumDelay = 30_000,
  maximumAttempts = Infinity,
  WebSocket = globalThis.WebSocket,
  random = Math.random,
  token,
  ...rest
}: ConnectOptions) {
  // Node.js 20 has no global `WebSocket`, although its type is never undefined.
  if (!WebSocket)
    throw new TypeError(
      "This platform has no WebSocket. Use Node.js 22 or later, or pass the `WebSocket` option.",
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

/** Wraps a function so that concurrent calls share one pending result. */
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

/** `waiting`: the next attempt to connect follows after a delay. `closed`: final. */
export type State = "connecting" | "open" | "waiting" | "closed";

export interface StreamOptions {
  /** Rejects the request with the reason of the signal. A request that was sent still runs. */
  signal?: AbortSignal;
  /** Overrides the client's `timeout`. */
  timeout?: number;
  /** Overrides the client's `retry`. */
  retry?: boolean;
  /**
   * Called before the first piece of a later attempt: the server or the client has started the request
   * again, and its pieces come again from the first.
   */
  onRestart?: () => void;
}

export interface RequestOptions<Progress = unknown> extends StreamOptions {
  /** Called with each piece of a streaming action, in order, and with its number from 0. */
  onProgress?: (progress: Progress, sequence: number) => void;
}
