import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import WebSocket from "ws";
import { REPLY, REQUEST } from "./events.ts";

/** Below the quota of API Gateway, which is 500 new connections per second. */
const CONNECTIONS_PER_SECOND = 450;
const INTERVAL = 50;

/** Opens connections at a rate below the quota. Rejects if one is refused. */
export async function openConnections(url: string, count: number): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  const batch = Math.floor((CONNECTIONS_PER_SECOND * INTERVAL) / 1000);
  while (sockets.length < count) {
    const pause = setTimeout(INTERVAL);
    const size = Math.min(batch, count - sockets.length);
    const opened = await Promise.all(Array.from({ length: size }, () => open(url)));
    sockets.push(...opened);
    await pause;
  }
  return sockets;
}

export async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, "open");
  return socket;
}

/**
 * Sends messages over all connections, with at most `inFlight` per connection without a reply. Resolves
 * with the milliseconds until the last reply.
 */
export async function converse(
  sockets: readonly WebSocket[],
  { messages, inFlight }: { messages: number; inFlight: number },
): Promise<number> {
  const started = performance.now();
  const each = Math.ceil(messages / sockets.length);
  await Promise.all(sockets.map((socket) => conversation(socket, each, inFlight)));
  return performance.now() - started;
}

function conversation(socket: WebSocket, messages: number, inFlight: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let received = 0;
    const send = () => {
      if (sent === messages) return;
      sent += 1;
      socket.send(REQUEST);
    };
    const closed = (code: number) => reject(new Error(`A connection was closed with ${code}.`));
    const onMessage = (data: Buffer) => {
      const refusal = refusalIn(data);
      if (refusal !== undefined) reject(refusal);
      received += 1;
      send();
      if (received < messages) return;
      socket.off("message", onMessage).off("close", closed);
      resolve();
    };
    socket.on("message", onMessage).once("close", closed);
    for (let first = 0; first < inFlight; first += 1) send();
  });
}

/** Returns an error for any frame but the reply or an echo. An error frame would count as a fast reply. */
export function refusalIn(data: Buffer): Error | undefined {
  const text = data.toString();
  if (text === REPLY || text === REQUEST) return undefined;
  return new Error(`A message got an unexpected reply: ${text}`);
}

export function closeAll(sockets: readonly WebSocket[]): void {
  for (const socket of sockets) socket.terminate();
}
