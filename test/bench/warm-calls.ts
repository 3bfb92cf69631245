/**
 * Runs in a separate process: calls two functions in turn, many times each, and prints the CPU time of a
 * call in microseconds, per round and function.
 */
import { createRequire } from "node:module";
import { CONTEXT } from "./events.ts";

/** The output, as JSON: for each round, the time of the first function and that of the second. */
export type WarmCalls = [number, number][];

interface Callee {
  handler(event: unknown, context: object): Promise<unknown>;
}

const [calls = "", rounds = "", ...rest] = process.argv.slice(2);
const [first = "", firstEvent = "", second = "", secondEvent = ""] = rest;
console.info = () => {};

async function cpuTime({ handler }: Callee, event: string): Promise<number> {
  const before = process.cpuUsage();
  for (let call = 0; call < Number(calls); call += 1) await handler(JSON.parse(event), CONTEXT);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / Number(calls);
}

const load = (file: string): Callee => createRequire(file)(file);
const one = load(first);
const other = load(second);
// Calls before V8 has compiled the hot code are not warm.
for (let round = 0; round < 3; round += 1) {
  await cpuTime(one, firstEvent);
  await cpuTime(other, secondEvent);
}
const measured: WarmCalls = [];
for (let round = 0; round < Number(rounds); round += 1)
  measured.push([await cpuTime(one, firstEvent), await cpuTime(other, secondEvent)]);
process.stdout.write(JSON.stringify(measured), () => process.exit(0));
