/**
 * Runs in a new process: loads a function like Lambda's runtime, runs it for one event, and prints the
 * times in milliseconds.
 */
import { createRequire } from "node:module";
import { CONTEXT } from "./events.ts";

/** The output, as JSON. */
export interface FunctionStart {
  import: number;
  /** From the import to the response. */
  firstCall: number;
  /** From the start of the process to the response. */
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
const responded = performance.now();
const { user, system } = process.cpuUsage();

const measured: FunctionStart = {
  import: imported - started,
  firstCall: responded - imported,
  all: responded,
  cpu: (user + system) / 1000,
};
process.stdout.write(JSON.stringify(measured), () => process.exit(0));
