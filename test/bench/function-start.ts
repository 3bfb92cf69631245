import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { FunctionStart } from "./start-function.ts";

const run = promisify(execFile);

/**
 * Runs a function for one event in a separate process.
 * @param starter `start-function.ts`, compiled.
 */
export async function startFunction(
  starter: string,
  file: string,
  event: object,
  env: Record<string, string>,
): Promise<FunctionStart> {
  const { stdout } = await run(process.execPath, [starter, file, JSON.stringify(event)], { env });
  return JSON.parse(stdout);
}
