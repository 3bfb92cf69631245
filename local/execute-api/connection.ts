import type { WebSocket } from "ws";
import type { Clock, Timer } from "../clock.ts";
import type { ConnectionFacts } from "./events.ts";

/** Milliseconds. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export const IDLE_LIMIT = 10 * 60_000;
export const LIFE_LIMIT = 2 * 3_600_000;

/** Bytes. */
export const FRAME_LIMIT = 32 * 1024;

/** An open connection. */
export interface Connection {
  readonly facts: ConnectionFacts;
  /** Milliseconds since the epoch: the last message in either direction. */
  lastActiveAt(): number;
  /** Sends a text message, in frames of at most 32 KB. False: the connection is closing. */
  send(text: string): boolean;
  /** Counts as activity of the client. */
  touch(): void;
  close(code: number, reason: string): void;
}

/**
 * Gives an accepted socket the life of a connection.
 * @param onEnd is called once, with the status and the reason that `$disconnect` reports.
 */
export function createConnection(
  socket: WebSocket,
  facts: ConnectionFacts,
  clock: Clock,
  onEnd: (close: { code: number; reason: string }) => void,
): Connection {
  let lastActiveAt = clock.now();
  let closedHere: { code: number; reason: string } | undefined;

  const close = (code: number, reason: string) => {
    closedHere ??= { code, reason };
    socket.close(code, reason);
  };
  const goAway = () => close(1001, "Going away");

  let idleTimer: Timer;
  const watchIdleness = () => {
    const left = lastActiveAt + IDLE_LIMIT - clock.now();
    if (left <= 0) goAway();
    else idleTimer = clock.setTimer(watchIdleness, left);
  };
  watchIdleness();
  // Our choice, for want of a source: the end of its life closes a connection as idleness does.
  const lifeTimer = clock.setTimer(goAway, LIFE_LIMIT);

  socket.on("close", (code, reason) => {
    idleTimer.cancel();
    lifeTimer.cancel();
    onEnd(closedHere ?? closedByClient(code, reason.toString()));
  });
  return {
    facts,
    lastActiveAt: () => lastActiveAt,
    touch: () => {
      lastActiveAt = clock.now();
    },
    send: (text) => {
      if (socket.readyState !== socket.OPEN) return false;
      lastActiveAt = clock.now();
      sendInFrames(socket, Buffer.from(text));
      return true;
    },
    close,
  };
}

function closedByClient(code: number, reason: string): { code: number; reason: string } {
  if (code === 1005) return { code, reason: "Client-side close frame status not set" };
  // Our choice, for want of a source.
  if (code === 1006) return { code, reason: "Connection closed abnormally" };
  return { code, reason };
}

function sendInFrames(socket: WebSocket, data: Buffer): void {
  let start = 0;
  do {
    const end = start + FRAME_LIMIT;
    socket.send(data.subarray(start, end), { binary: false, fin: end >= data.length });
    start = end;
  } while (start < data.length);
}
