/**
 * The state of the page's connection. `waiting` means that the next attempt to connect will follow.
 */
export type State = "connecting" | "open" | "waiting" | "closed";

/** The events of the page's own connection. */
export interface Listeners {
  /** @param cause the error that the browser threw before it tried to connect. */
  onState(state: State, cause?: unknown): void;
  onSent(text: string): void;
  onReceived(text: string): void;
}

/** The URL to connect to, and the subprotocols. */
export interface Target {
  url: string;
  protocols: string[];
}

export interface Conversation {
  /** Sends a text. Returns false if there is no connection. */
  send(text: string): boolean;
  /**
   * Resolves when the connection opens for the first time. Rejects if the conversation is closed before.
   */
  opened: Promise<void>;
  close(): void;
}

/**
 * Milliseconds before the next attempt. The delay doubles after each attempt, up to a limit, until a
 * message is received.
 */
const FIRST_DELAY = 500;
const LONGEST_DELAY = 10_000;

/**
 * Connects, and reconnects after a lost connection until `close` is called.
 * @param target is called for each attempt.
 */
export function converse(
  target: () => Promise<Target>,
  { onState, onSent, onReceived }: Listeners,
): Conversation {
  const opened = Promise.withResolvers<void>();
  // A caller that sends nothing does not handle a rejection.
  opened.promise.catch(() => {});
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delay = FIRST_DELAY;
  let isClosed = false;

  const retry = (cause?: unknown) => {
    if (isClosed) return;
    socket = undefined;
    onState("waiting", cause);
    timer = setTimeout(connect, delay);
    delay = Math.min(2 * delay, LONGEST_DELAY);
  };
  const dial = async () => {
    onState("connecting");
    const { url, protocols } = await target();
    if (isClosed) return;
    const dialed = new WebSocket(url, protocols);
    socket = dialed;
    dialed.addEventListener("open", () => {
      if (isClosed) return;
      onState("open");
      opened.resolve();
    });
    dialed.addEventListener("message", ({ data }) => {
      delay = FIRST_DELAY;
      onReceived(String(data));
    });
    // The event `error` has no details, and the event `close` follows it.
    dialed.addEventListener("close", () => retry());
  };
  const connect = () => void dial().catch(retry);

  connect();
  return {
    opened: opened.promise,
    send(text) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(text);
      onSent(text);
      return true;
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      socket?.close();
      opened.reject(new Error("The connection was closed."));
      onState("closed");
    },
  };
}
