import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Clock, Timer } from "../clock.ts";
import type { Close, ConnectionFacts } from "./events.ts";
import type { StageReference } from "./published-stages.ts";
import { FRAME_LIMIT, IDLE_LIMIT, LIFE_LIMIT, SEND_BUFFER } from "./limits.ts";

/** A connection whose `$connect` succeeded. */
export interface Connection {
  readonly facts: ConnectionFacts;
  readonly stage: StageReference;
  /** False as soon as either side has begun to close. */
  isOpen(): boolean;
  /** Milliseconds since the epoch: the last message in either direction. */
  lastActiveAt(): number;
  /** Records activity of the client. */
  touch(): void;
  /** Sends a text message of the backend. Returns false if too many bytes wait for the client to read. */
  post(text: string): boolean;
  /** Sends a text message of API Gateway itself. Resolves when it is sent or cannot be delivered. */
  respond(text: string): Promise<void>;
  close(code: number, reason: string): void;
  /** Ends it without a closing handshake. */
  drop(): void;
}

/**
 * Creates a connection from an accepted socket.
 * @param tcp the TCP connection of the socket.
 * @param onEnd is called once, with the status and the reason that `$disconnect` reports.
 */
export function createConnection(
  socket: WebSocket,
  tcp: Duplex,
  { facts, stage }: { facts: ConnectionFacts; stage: StageReference },
  clock: Clock,
  onEnd: (close: Close) => void,
): Connection {
  let lastActiveAt = clock.now();
  let closedHere: Close | undefined;

  const isOpen = () => socket.readyState === socket.OPEN;
  const close = (code: number, reason: string) => {
    closedHere ??= { code, reason };
    socket.close(code, reason);
  };
  const timers = watchTime(
    clock,
    () => lastActiveAt,
    () => close(1001, "Going away"),
  );
  // A client that pings and never reads would fill the memory with pongs.
  socket.on("ping", (data) => {
    if (socket.bufferedAmount <= SEND_BUFFER) socket.pong(data);
  });
  // The server ends the TCP connection after the closing handshake (RFC 6455, section 7.1.1). The
  // library ends its own side only, and waits 30 seconds for that of the client.
  const endTcp = () => void tcp.destroy();
  tcp.once("finish", endTcp);
  socket.on("error", (error) => {
    // The library closes the connection itself. The client may still be sending: if the server ended
    // the TCP connection, the client could lose the close frame.
    tcp.off("finish", endTcp);
    const code = closeCodeOf(error);
    if (code !== undefined) closedHere ??= { code, reason: "" };
  });
  socket.on("close", (code, reason) => {
    timers.cancel();
    onEnd(closedHere ?? closedByClient(code, reason.toString()));
  });
  return {
    facts,
    stage,
    isOpen,
    lastActiveAt: () => lastActiveAt,
    touch: () => {
      lastActiveAt = clock.now();
    },
    post: (text) => {
      if (socket.bufferedAmount > SEND_BUFFER) return false;
      lastActiveAt = clock.now();
      sendInFrames(socket, Buffer.from(text));
      return true;
    },
    respond: (text) =>
      new Promise((resolve) => {
        if (isOpen()) sendInFrames(socket, Buffer.from(text), resolve);
        else resolve();
      }),
    close,
    drop: () => socket.terminate(),
  };
}

/** Closes a connection that was idle for too long, or is too old. */
function watchTime(clock: Clock, lastActiveAt: () => number, goAway: () => void): Timer {
  let idleTimer: Timer;
  const watchIdleness = () => {
    const left = lastActiveAt() + IDLE_LIMIT - clock.now();
    if (left <= 0) goAway();
    else idleTimer = clock.setTimer(watchIdleness, left);
  };
  watchIdleness();
  // Our choice, because there is no source: the end of its life closes a connection as idleness does.
  const lifeTimer = clock.setTimer(goAway, LIFE_LIMIT);
  return {
    cancel() {
      idleTimer.cancel();
      lifeTimer.cancel();
    },
  };
}

/** Returns the status with which the library closes after an invalid frame of the client. */
function closeCodeOf({ code = "" }: Error & { code?: string }): number | undefined {
  if (code === "WS_ERR_INVALID_UTF8") return 1007;
  if (code === "WS_ERR_TOO_MANY_BUFFERED_PARTS") return 1008;
  if (/^WS_ERR_UNSUPPORTED_\w+_LENGTH$/.test(code)) return 1009;
  return code.startsWith("WS_ERR_") ? 1002 : undefined;
}

/** Our choice, because there is no source: the close of a connection whose client disappeared. */
export const ABNORMAL: Close = { code: 1006, reason: "Connection closed abnormally" };

function closedByClient(code: number, reason: string): Close {
  if (code === 1005) return { code, reason: "Client-side close frame status not set" };
  return code === ABNORMAL.code ? ABNORMAL : { code, reason };
}

function sendInFrames(socket: WebSocket, data: Buffer, onSent: () => void = () => {}): void {
  for (let start = 0; ; start += FRAME_LIMIT) {
    const fin = start + FRAME_LIMIT >= data.length;
    const frame = data.subarray(start, start + FRAME_LIMIT);
    if (fin) return socket.send(frame, { binary: false, fin }, () => onSent());
    socket.send(frame, { binary: false, fin });
  }
}
