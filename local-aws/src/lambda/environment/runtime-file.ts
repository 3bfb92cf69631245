import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readScript } from "../../scripts.ts";

/**
 * Writes the runtime as one file. Every cold start loads it, and Node.js would need more time to strip
 * the types each time than esbuild needs once.
 */
export async function writeRuntime(directory: string): Promise<string> {
  const file = join(directory, "runtime.cjs");
  await writeFile(file, await readScript("lambda/runtime/runtime"));
  return file;
}
