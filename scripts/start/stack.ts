/** The application's stack, as the snapshots in this folder have it. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { FunctionName } from "../build/index.ts";
import { applyMergePatch } from "./merge-patch.ts";

/** `open`: with Terraform's defaults. `authenticated`: with `jwt_issuer` set to the local issuer. */
export type StackName = "open" | "authenticated";

export const SNAPSHOT = join(import.meta.dirname, "stack.json");
/** The changes of `jwt_issuer`, as a JSON merge patch of the snapshot. */
export const AUTHENTICATED_PATCH = join(import.meta.dirname, "stack-authenticated.patch.json");

export const STAGE = "production";

/** The name of a function with Terraform's defaults. */
export const functionNameOf = (bundle: string): string => `websocket-lambda-${bundle}`;

/** The text of a stack's snapshot, for `createLocalAws`. `npm run snapshot` writes the files. */
export async function readStack(stack: StackName): Promise<string> {
  const snapshot = await readFile(SNAPSHOT, "utf8");
  if (stack === "open") return snapshot;
  const patch: unknown = JSON.parse(await readFile(AUTHENTICATED_PATCH, "utf8"));
  return `${JSON.stringify(applyMergePatch(JSON.parse(snapshot), patch), null, 2)}\n`;
}

/** The zip files of built bundles by the names of their functions, for `createLocalAws`. */
export const functionsOf = (
  bundles: readonly { name: FunctionName; zip: Uint8Array }[],
): Record<string, Uint8Array> =>
  Object.fromEntries(bundles.map(({ name, zip }) => [functionNameOf(name), zip]));

/** The zip files in a folder that `npm run build` wrote, for `createLocalAws`. */
export async function readFunctions(directory: string): Promise<Record<string, Uint8Array>> {
  const files = (await readdir(directory)).filter((file) => file.endsWith(".zip"));
  const zips = await Promise.all(
    files.map(async (file) => [
      functionNameOf(basename(file, ".zip")),
      await readFile(join(directory, file)),
    ]),
  );
  return Object.fromEntries(zips);
}
