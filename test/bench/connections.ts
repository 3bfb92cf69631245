import { execFileSync } from "node:child_process";
import type WebSocket from "ws";
import { closeAll, openConnections } from "./clients.ts";
import { type BenchOptions, type Figure, kilobytes, type Report } from "./report.ts";
import { type ServerName, startServerProcess } from "./server-process.ts";

/** What opening so many connections took of a server, and what they take while they are open. */
interface Step {
  connections: number;
  /** Bytes of a connection. */
  memory: number;
  /** Milliseconds of the server's CPU time for the opening of a connection. */
  cpu: number;
}

/** Sockets that a process may have, less what it needs besides. */
const room = () => Number(execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" })) - 500;

/**
 * Opens connections by the thousand, and measures on the way, over four doublings where there is
 * room: memory and CPU time of a connection must stay what they are. The functions run in processes
 * of their own, and aren't counted.
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
    // Whatever has to start, starts.
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
