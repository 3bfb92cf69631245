/** `npm run schemas`: writes machine-readable descriptions of the message protocol. */
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { runScript } from "../run-script.ts";
import { asyncApi } from "./asyncapi.ts";
import { protocolSchema } from "./protocol-schema.ts";

const root = join(import.meta.dirname, "..", "..");

/** Returns the text of each file by its path, relative to the repository's root. */
export async function schemaFiles(): Promise<Record<string, string>> {
  const { version }: { version: string } = JSON.parse(
    await readFile(join(root, "package.json"), "utf8"),
  );
  return {
    "docs/protocol.schema.json": format(protocolSchema()),
    "docs/asyncapi.json": format(asyncApi(version)),
  };
}

const format = (document: object) => `${JSON.stringify(document, null, 2)}\n`;

const USAGE = `Usage: npm run schemas

Writes docs/protocol.schema.json and docs/asyncapi.json from the definitions of the actions.
`;

async function main(): Promise<void> {
  parseArgs();
  for (const [path, text] of Object.entries(await schemaFiles())) {
    await writeFile(join(root, path), text);
    console.log(`Wrote ${relative(process.cwd(), join(root, path))}.`);
  }
}

if (import.meta.main) await runScript({ command: "npm run schemas --", usage: USAGE, main });
