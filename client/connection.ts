import { createTimer } from "./timer.ts";

/** One WebSocket, from its opening to its end. */
export interface Connection {
  /** How many messages have come. */
  readonly received: number;
  /** Whether it may be dead: set where nothing comes that should, until something comes. */
  isDoubtful: boolean;
  /** False: not sent, because it isn't open, or not any more. */
  send(text: string): boolean;
  /** Ends it. */
  end(): void;
  /** Ends it without a call of `onEnd`. */
  close(code?: number): void;
}

interface Events {
  onOpen(): void;
  /** @param message parsed, or as it came where it isn't JSON. */
  onMessage(message: unknown): void;
  /** No message went either way for `keepAlive`. */
  onIdle(): void;
  /** Once, however it ended or failed to open. */
  onEnd(): void;
}

/** @param times how long it may take to open, and to be silent, in milliseconds. */
export function createConnection(
  socket: WebSocket,
  times: { timeout: number; keepAlive: number },
  { onOpen, onMessage, onIdle, onEnd }: Events,
): Connection {
  const silence = createTimer();
  const opening = createTimer();
  let isOver = false;

  const touch = () => silence.start(times.keepAlive, onIdle);
  const close = (code = 1000) => {
    // First, for closing what isn't open yet may call back at once.
    isOver = true;
    socket.close(code);
    silence.stop();
    opening.stop();
  };
  const end = () => {
    if (isOver) return;
    close();
    onEnd();
  };

  socket.addEventListener("open", () => {
    if (isOver) return;
    opening.stop();
    touch();
    onOpen();
  });
  socket.addEventListener("message", ({ data }) => {
    if (isOver) return;
    connection.received += 1;
    connection.isDoubtful = false;
    touch();
    onMessage(parse(String(data)));
  });
  // Node 22 has no "close" for a connection that never opened.
  socket.addEventListener("error", end);
  socket.addEventListener("close", end);
  opening.start(times.timeout, end);

  const connection = {
    received: 0,
    isDoubtful: false,
    send(text: string) {
      if (isOver || socket.readyState !== 1) return false;
      socket.send(text);
      touch();
      return true;
    },
    end,
    close,
  };
  return connection;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
