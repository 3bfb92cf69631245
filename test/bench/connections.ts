import { execFileSync } from "node:child_process";
import type WebSocket from "ws";
import { closeAll, openConnections } from "./clients.ts";
import { type BenchOptions, type Figure, kilobytes, type Report } from "./report.ts";
import { type ServerName, startServerProcess } from "./server-process.ts";

/** The cost of opening a connection, and of an open connection, for a server. */
interface Step {
  connections: number;
  /** Bytes of a connection. */
  memory: number;
  /** Milliseconds of the server's CPU time for the opening of a connection. */
  cpu: number;
}

/** The limit of sockets for a process, minus a reserve. */
const room = () => Number(execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" })) - 500;

/**
 * Opens thousands of connections, and measures after each doubling, up to four. The memory and the CPU
 * time of a connection must stay constant. The functions run in separate processes, which do not count.
 */
export async function measureConnections({ short }: BenchOptions): Promise<Report> {
  const counts = (short ? [500, 1000, 2000] : [625, 1250, 2000, 2500, 5000, 10_000]).filter(
    (count) => !(count > room()),
  );
  const ours = await openOn("local AWS", counts);
  const theirs = await openOn("bare ws", counts);
  const figures = ours.flatMap(({ connections, memory, cpu }, index): Figure[] => {
    const { memory: bareMemory = NaN, cpu: bareCpu = NaN } = theirs[index] ?? {};
    const [value, reference] = [kilobytes(memory), kilobytes(bareMemory)];
    return [
      { name: `memory of each of ${connections}`, value, reference, unit: "KB" },
      { name: `CPU of opening each of ${connections}`, value: cpu, reference: bareCpu, unit: "ms" },
    ];
  });
  const [first, last] = [ours[0], ours.at(-1)];
  if (first !== undefined && last !== undefined)
    figures.push({
      name: "growth of a connection's memory",
      value: kilobytes(last.memory),
      reference: kilobytes(first.memory),
      unit: "KB",
    });
  return { title: "Connections of the local AWS", reference: "a bare server of ws", figures };
}

async function openOn(name: ServerName, counts: number[]): Promise<Step[]> {
  const server = await startServerProcess(name);
  const sockets: WebSocket[] = [];
  try {
    // Starts the functions before the measurement.
    closeAll(await openConnections(server.url, 50));
    const steps: Step[] = [];
    let before = await server.usage();
    const atFirst = before.memory;
    for (const connections of counts) {
      const more = connections - sockets.length;
      sockets.push(...(await openConnections(server.url, more)));
      const after = await server.usage();
      const memory = (after.memory - atFirst) / connections;
      steps.push({ connections, memory, cpu: (after.cpu - before.cpu) / more });
      before = after;
    }
    return steps;
  } finally {
    closeAll(sockets);
    await server.close();
  }
}
