import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readScript } from "../../scripts.ts";
import type { NetworkSettings } from "../runtime/network.ts";

/**
 * Writes the runtime as one file. Every cold start loads it, and Node.js would need more time to strip
 * the types each time than esbuild needs once.
 */
export async function writeRuntime(directory: string): Promise<string> {
  const file = join(directory, "runtime.cjs");
  await writeFile(file, await readScript("lambda/runtime/runtime"));
  return file;
}

/**
 * Prepares the file that directs the connections of functions, which Node.js loads before the runtime.
 * Returns a function that writes it, because the ports are known later than the script is needed.
 */
export function prepareNetwork(directory: string): (settings: NetworkSettings) => Promise<string> {
  const script = readScript("lambda/runtime/network");
  // The caller that writes the file gets the error.
  script.catch(() => {});
  return async (settings) => {
    const file = join(directory, "network.cjs");
    const start = `module.exports.directConnections(${JSON.stringify(settings)});`;
    await writeFile(file, `${await script}\n${start}\n`);
    return file;
  };
}
