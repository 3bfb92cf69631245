import { closeAll, converse, openConnections } from "./clients.ts";
import { mediansInTurn } from "./median.ts";
import type { Figure, Report } from "./report.ts";
import { startServerProcess } from "./server-process.ts";

const COUNTS = [100, 200, 400, 800, 1600] as const;
const IN_FLIGHT = 4;

/** Measures the time per message for a number of messages that doubles four times. It must stay constant. */
export async function measureMessageGrowth(): Promise<Report> {
  const server = await startServerProcess("local AWS");
  const sockets = await openConnections(server.url, 20);
  try {
    await converse(sockets, { messages: 500, inFlight: IN_FLIGHT });
    const timeOf = (messages: number) => async () =>
      (await converse(sockets, { messages, inFlight: IN_FLIGHT })) / messages;
    const times = await mediansInTurn(
      5,
      Object.fromEntries(COUNTS.map((count) => [count, timeOf(count)])),
    );
    const [first, ...others] = COUNTS;
    const figures = others.map((count): Figure => {
      const [value, reference] = [times[count] ?? NaN, times[first] ?? NaN];
      return { name: `time of each of ${count} messages`, value, reference, unit: "ms" };
    });
    return { title: "Growth with the messages", reference: `each of ${first} messages`, figures };
  } finally {
    closeAll(sockets);
    await server.close();
  }
}
