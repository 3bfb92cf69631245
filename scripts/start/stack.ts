/** The application's stack, from the snapshot in this folder. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { FunctionName } from "../build/index.ts";
import { applyMergePatch } from "./merge-patch.ts";

/** `open`: with Terraform's defaults. `authenticated`: with `jwt_issuer` set to the local issuer. */
export type StackName = "open" | "authenticated";

/** The snapshot of the stack `open`. */
export const SNAPSHOT = join(import.meta.dirname, "stack.json");
/** The differences with `jwt_issuer`, as a JSON merge patch of the snapshot. */
export const AUTHENTICATED_PATCH = join(import.meta.dirname, "stack-authenticated.patch.json");

export const STAGE = "production";

/** Returns the name of the function of a bundle, with the default `project` of Terraform. */
export const functionNameOf = (bundle: string): string => `websocket-lambda-${bundle}`;

/**
 * Returns the snapshot of a stack, for `createLocalAws`. `npm run snapshot` writes the files.
 * @param runtime replaces the runtime of all functions.
 */
export async function readStack(stack: StackName, runtime?: string): Promise<string> {
  const snapshot = await readSnapshot(stack);
  if (runtime === undefined) return snapshot;
  const replaced: unknown = JSON.parse(snapshot, (member, value: unknown) =>
    member === "Runtime" ? runtime : value,
  );
  return format(replaced);
}

async function readSnapshot(stack: StackName): Promise<string> {
  const snapshot = await readFile(SNAPSHOT, "utf8");
  if (stack === "open") return snapshot;
  const patch: unknown = JSON.parse(await readFile(AUTHENTICATED_PATCH, "utf8"));
  return format(applyMergePatch(JSON.parse(snapshot), patch));
}

const format = (snapshot: unknown) => `${JSON.stringify(snapshot, null, 2)}\n`;

/** Returns the names of the functions in a snapshot. */
export function functionNamesIn(snapshot: string): string[] {
  const { regions }: { regions: Record<string, { lambda: { functions: object } }> } =
    JSON.parse(snapshot);
  return Object.values(regions).flatMap(({ lambda }) => Object.keys(lambda.functions));
}

/** Returns the zip files of bundles by the names of their functions, for `createLocalAws`. */
export const functionsOf = (
  bundles: readonly { name: FunctionName; zip: Uint8Array }[],
): Record<string, Uint8Array> =>
  Object.fromEntries(bundles.map(({ name, zip }) => [functionNameOf(name), zip]));

/** Reads the zip files in a folder that `npm run build` wrote, for `createLocalAws`. */
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
