import { soak } from "../faults/soak.ts";
import { closeAll, converse, openConnections } from "./clients.ts";
import type { Report } from "./report.ts";
import { startServerProcess } from "./server-process.ts";

const MESSAGES = 1000;

/**
 * Measures the time of a message under random faults, relative to one without faults.
 * @throws {Error} if a message is lost or misdelivered.
 */
export async function measureSoak(): Promise<Report> {
  const started = performance.now();
  const account = await soak({ messages: MESSAGES, seed: 1 });
  const value = (performance.now() - started) / MESSAGES;
  if (account.outcomes.lost !== undefined || account.misdelivered > 0)
    throw new Error(`The soak lost messages: ${JSON.stringify(account)}`);

  const server = await startServerProcess("local AWS");
  const sockets = await openConnections(server.url, 20);
  const reference = (await converse(sockets, { messages: MESSAGES, inFlight: 4 })) / MESSAGES;
  closeAll(sockets);
  await server.close();
  return {
    title: "Soak test with all faults",
    reference: "the same messages without faults",
    figures: [{ name: "message under faults", value, reference, unit: "ms" }],
    details: [JSON.stringify(account.outcomes)],
  };
}
