/**
 * Runs in a new process: loads a function as Lambda's runtime does, has it answer one event, and
 * prints how long that took, in milliseconds.
 */
import { createRequire } from "node:module";
import { CONTEXT } from "./events.ts";

/** What is printed, as JSON. */
export interface FunctionStart {
  import: number;
  /** From the import to the answer. */
  firstCall: number;
  /** From the start of the process to the answer. */
  all: number;
  /** CPU time of the process until then. */
  cpu: number;
}

const [bundle = "", event = ""] = process.argv.slice(2);
console.info = () => {};

const started = performance.now();
const { handler } = createRequire(bundle)(bundle);
const imported = performance.now();
await handler(JSON.parse(event), CONTEXT);
const answered = performance.now();
const { user, system } = process.cpuUsage();

const measured: FunctionStart = {
  import: imported - started,
  firstCall: answered - imported,
  all: answered,
  cpu: (user + system) / 1000,
};
process.stdout.write(JSON.stringify(measured), () => process.exit(0));
