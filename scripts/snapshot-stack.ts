/**
 * `npm run snapshot`: applies `terraform/` to two empty local AWS instances, one with the defaults and
 * one with `jwt_issuer`. Writes the resources of the first to the snapshot for `npm start`, and the
 * differences of the second to the patch for `npm start -- --auth`.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createLocalAws } from "@websocket-lambda/local-aws";
import { buildFunctions } from "./build/index.ts";
import { runScript, UserError } from "./run-script.ts";
import { mergePatch } from "./start/merge-patch.ts";
import { AUTHENTICATED_PATCH, SNAPSHOT, type StackName } from "./start/stack.ts";
import { readSnapshotSources, SNAPSHOT_SOURCES, variableFiles } from "./start/terraform-changes.ts";
import { applyStack, variablesOf } from "./terraform.ts";

/** Applies a stack to a new local AWS and returns its snapshot. */
async function applyAndSnapshot(stack: StackName): Promise<unknown> {
  const workDirectory = await mkdtemp(join(tmpdir(), "websocket-lambda-terraform-"));
  const aws = createLocalAws();
  try {
    await aws.listen();
    const { endpoint } = aws;
    await applyStack({ endpoint, workDirectory, variables: variablesOf(stack, endpoint) });
    return JSON.parse(aws.snapshot());
  } finally {
    await aws.close();
    await rm(workDirectory, { recursive: true, force: true });
  }
}

async function write(file: string, snapshot: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(snapshot, null, 2)}\n`);
  console.log(`Wrote ${file}.`);
}

const USAGE = `Usage: npm run snapshot

Applies terraform/ to empty local AWS instances and writes their resources to scripts/start/, for
npm start and the tests. Run it after each change in terraform/. Requires Terraform.
`;

async function main(): Promise<void> {
  parseArgs();
  const variables = await variableFiles();
  if (variables.length > 0)
    throw new UserError(
      `The snapshot must have the defaults of Terraform, because all tests use it. Move ${variables.join(", ")} to another directory, then run npm run snapshot again.`,
    );
  const sources = await readSnapshotSources();
  await buildFunctions();
  const [open, authenticated] = await Promise.all([
    applyAndSnapshot("open"),
    applyAndSnapshot("authenticated"),
  ]);
  await write(SNAPSHOT, open);
  await write(AUTHENTICATED_PATCH, mergePatch(open, authenticated));
  await write(SNAPSHOT_SOURCES, sources);
}

await runScript({ command: "npm run snapshot --", usage: USAGE, main });
