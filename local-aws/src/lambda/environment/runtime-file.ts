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

/** Writes the file that directs the connections of functions, which Node.js loads before the runtime. */
export async function writeNetwork(directory: string, settings: NetworkSettings): Promise<string> {
  const file = join(directory, "network.cjs");
  const script = await readScript("lambda/runtime/network");
  await writeFile(
    file,
    `${script}\nmodule.exports.directConnections(${JSON.stringify(settings)});\n`,
  );
  return file;
}
