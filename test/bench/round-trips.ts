import type { WebSocket } from "ws";
import { closeAll, converse, openConnections } from "./clients.ts";
import { median, medianBy } from "./median.ts";
import type { BenchOptions, Figure, Report } from "./report.ts";
import { type ServerName, startServerProcess } from "./server-process.ts";

interface Load {
  connections: number;
  /** Messages per connection without a reply. */
  inFlight: number;
  /** The number of messages, from the start of the server on. */
  cold: number;
  /** The number of messages after the first 3,000. */
  warm: number;
}

const LOADS: Load[] = [
  { connections: 1, inFlight: 1, cold: 1000, warm: 1000 },
  { connections: 10, inFlight: 1, cold: 1000, warm: 2000 },
  { connections: 50, inFlight: 4, cold: 3000, warm: 3000 },
];

const WARM_AFTER = 3000;

/** The servers take turns after this number of messages, so that other load affects all of them. */
const ROUND = 250;

const REFERENCES = ["two hops", "two processes"] as const satisfies ServerName[];
const SERVERS = ["local AWS", ...REFERENCES] as const;

/** Of each server, milliseconds per message: the median of all with one in flight, otherwise the mean. */
type Times = Record<(typeof SERVERS)[number], number>;

/** Measures messages at several loads, each with new servers: the first ones, and later ones. */
export async function measureRoundTrips({ short }: BenchOptions): Promise<Report> {
  const figures: Figure[] = [];
  const details: string[] = [];
  for (const load of LOADS) {
    const runs: { cold: Times; warm: Times }[] = [];
    while (runs.length < (short ? 1 : 5)) runs.push(await measureLoad(load));
    for (const phase of ["cold", "warm"] as const) {
      const name = `${load.connections}x${load.inFlight} ${phase}`;
      const times = runs.map((run) => run[phase]);
      for (const reference of REFERENCES)
        figures.push({ name: `${name}, to ${reference}`, unit: "ms", ...middle(times, reference) });
      const rates = SERVERS.map((server) => {
        const rate = median(times.map((time) => 1000 / time[server]));
        return `${rate.toFixed(0)} ${server}`;
      });
      details.push(`messages per second at ${name}: ${rates.join(", ")}`);
    }
  }
  return {
    title: "Messages through the local AWS (connections x in flight)",
    reference: "both functions in one process, and in two",
    figures,
    details,
  };
}

/** Returns the times of the run with the median ratio. */
function middle(runs: Times[], reference: keyof Times): Pick<Figure, "value" | "reference"> {
  const times = medianBy(runs, (run) => run["local AWS"] / run[reference]);
  return { value: times["local AWS"], reference: times[reference] };
}

async function measureLoad(load: Load): Promise<{ cold: Times; warm: Times }> {
  const servers = await Promise.all(
    SERVERS.map(async (name) => ({ name, process: await startServerProcess(name) })),
  );
  try {
    const opened = await Promise.all(
      servers.map(async ({ name, process }) => {
        const sockets = await openConnections(process.url, load.connections);
        return { name, sockets };
      }),
    );
    const cold = await converseInTurn(opened, load, load.cold);
    await converseInTurn(opened, load, WARM_AFTER - load.cold);
    const warm = await converseInTurn(opened, load, load.warm);
    for (const { sockets } of opened) closeAll(sockets);
    return { cold, warm };
  } finally {
    await Promise.all(servers.map(({ process }) => process.close()));
  }
}

async function converseInTurn(
  opened: readonly { name: keyof Times; sockets: WebSocket[] }[],
  { connections, inFlight }: Load,
  messages: number,
): Promise<Times> {
  const isSerial = connections * inFlight === 1;
  const turns = opened.map(({ name, sockets }) => ({ name, sockets, times: Array<number>() }));
  for (let sent = 0; sent < messages; sent += ROUND) {
    for (const { sockets, times } of turns)
      if (isSerial)
        for (let message = 0; message < ROUND; message += 1)
          times.push(await converse(sockets, { messages: 1, inFlight }));
      else times.push((await converse(sockets, { messages: ROUND, inFlight })) / ROUND);
    turns.reverse();
  }
  const timeOf = isSerial ? median : mean;
  return Object.fromEntries(turns.map(({ name, times }) => [name, timeOf(times)])) as Times;
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
