import { closeAll, converse, openConnections } from "./clients.ts";
import { mediansInTurn } from "./median.ts";
import type { BenchOptions, Figure, Report } from "./report.ts";
import { type ServerName, startServerProcess } from "./server-process.ts";

/** The number of connections, of messages in flight per connection, and of all messages. */
const loads = [
  { connections: 1, inFlight: 1, messages: 200 },
  { connections: 10, inFlight: 1, messages: 400 },
  { connections: 50, inFlight: 4, messages: 1000 },
];

const SERVERS = ["local AWS", "two hops", "bare ws"] as const satisfies ServerName[];

/**
 * Messages of each server before the measurement, until V8 has compiled the hot code. Each process of a
 * function gets a quarter of them.
 */
const WARM_UP = 8000;

/** Measures the round trip of a message at several loads, from one message at a time. */
export async function measureRoundTrips({ short }: BenchOptions): Promise<Report> {
  const servers = await Promise.all(
    SERVERS.map(async (name) => ({ name, process: await startServerProcess(name) })),
  );
  const figures: Figure[] = [];
  const details: string[] = [];
  try {
    for (const { name, process } of servers) {
      const sockets = await openConnections(process.url, 50);
      const messages = short || name === "bare ws" ? WARM_UP / 8 : WARM_UP;
      await converse(sockets, { messages, inFlight: 4 });
      closeAll(sockets);
    }
    for (const { connections, inFlight, messages: all } of loads) {
      const messages = short ? all / 2 : all;
      const opened = await Promise.all(
        servers.map(async ({ name, process }) => {
          const sockets = await openConnections(process.url, connections);
          return { name, sockets };
        }),
      );
      const timeOf = (wanted: ServerName) => async () => {
        const { sockets = [] } = opened.find(({ name }) => name === wanted) ?? {};
        return (await converse(sockets, { messages, inFlight })) / messages;
      };
      const times = await mediansInTurn(5, {
        "local AWS": timeOf("local AWS"),
        "two hops": timeOf("two hops"),
        "bare ws": timeOf("bare ws"),
      });
      for (const { sockets } of opened) closeAll(sockets);
      for (const reference of ["two hops", "bare ws"] as const)
        figures.push({
          name: `message at ${connections}x${inFlight}, to ${reference}`,
          value: times["local AWS"],
          reference: times[reference],
          unit: "ms",
        });
      const rates = SERVERS.map((name) => `${(1000 / times[name]).toFixed(0)} ${name}`);
      details.push(`messages per second at ${connections}x${inFlight}: ${rates.join(", ")}`);
    }
  } finally {
    await Promise.all(servers.map(({ process }) => process.close()));
  }
  return {
    title: "Messages through the local AWS (connections x in flight)",
    reference: "both functions in one process, and a bare echo of ws",
    figures,
    details,
  };
}
