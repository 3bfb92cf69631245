import { once } from "node:events";
import type { BenchApi } from "./api.ts";
import { openKnown } from "./api.ts";
import type { Bench } from "./bench.ts";
import type { Observed, Question } from "./question.ts";
import type { SocketClient } from "./web-socket.ts";

const MINUTE = 60_000;

/** How long connections stay open. */
export const durations: Question[] = [
  {
    settles: "OPEN-1",
    question: "Does a ping of the client keep a connection open that is otherwise idle?",
    minutes: 12,
    async ask(bench, openApi) {
      const [pinged, silent] = await Promise.all([start(await openApi()), start(await openApi())]);
      let pongs = 0;
      for (let minute = 0; minute < 12; minute += 1) {
        if (await pong(pinged.client)) pongs += 1;
        await bench.wait(MINUTE);
      }
      return {
        pongs,
        pinged: await endOf(bench, pinged),
        silent: await endOf(bench, silent),
      };
    },
  },
  {
    settles: "OPEN-2",
    question: "With which status does AWS close a connection after two hours?",
    minutes: 123,
    async ask(bench, openApi) {
      const connection = await start(await openApi());
      for (let minute = 0; minute < 122 && connection.client.ended() === undefined; minute += 1) {
        // Often enough for the idle timeout.
        if (minute % 8 === 0) {
          connection.client.send({ still: "here" });
          await connection.client.next();
        }
        await bench.wait(MINUTE);
      }
      return await endOf(bench, connection);
    },
  },
  {
    settles: "OPEN-3",
    question: "What does $disconnect receive for a TCP connection that breaks?",
    minutes: 3,
    async ask(bench, openApi) {
      const connection = await start(await openApi());
      connection.client.socket.terminate();
      return await endOf(bench, connection);
    },
  },
];

interface Connection {
  client: SocketClient;
  connectionId: string;
  since: number;
}

async function start(api: BenchApi): Promise<Connection> {
  return { ...(await openKnown(api.url("dev"))), since: Date.now() };
}

/** Whether a pong comes within ten seconds. */
async function pong({ socket }: SocketClient): Promise<boolean> {
  if (socket.readyState !== socket.OPEN) return false;
  const received = once(socket, "pong", { signal: AbortSignal.timeout(10_000) });
  socket.ping();
  return await received.then(
    () => true,
    () => false,
  );
}

/** How a connection ended, as its client and its $disconnect saw it. */
async function endOf(bench: Bench, { client, connectionId, since }: Connection): Promise<Observed> {
  // The close frame can be on its way.
  if (client.ended() === undefined) await client.next(2000);
  const ended = client.ended();
  if (ended === undefined) {
    client.socket.close();
    return "open";
  }
  const { name } = await bench.fn();
  const line = await bench.logged(name, `"$disconnect" "${connectionId}"`);
  const { seen } = JSON.parse(line?.slice(line.indexOf("{")) ?? "{}");
  return {
    code: ended.code,
    reason: ended.reason,
    secondsOnThisClock: Math.round((ended.time - since) / 1000),
    disconnectStatusCode: seen?.disconnectStatusCode ?? null,
    disconnectReason: seen?.disconnectReason ?? null,
    secondsOnAwsClock:
      seen === undefined ? null : Math.round((seen.requestTimeEpoch - seen.connectedAt) / 1000),
  };
}
