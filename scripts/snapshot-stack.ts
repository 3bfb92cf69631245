/**
 * `npm run snapshot`: applies `terraform/` to empty local AWSs, with its defaults and with `jwt_issuer`.
 * Writes the resources of the first to the snapshot that `npm start` begins with, and what the second
 * changes to the patch of `npm start -- --auth`.
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

/** The snapshot of a stack that Terraform has applied. */
async function applied(stack: StackName): Promise<unknown> {
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

Applies terraform/ to empty local AWSs and writes their resources to scripts/start/. npm start and the
tests use them. Run it after each change in terraform/. It needs Terraform.
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
  const [open, authenticated] = await Promise.all([applied("open"), applied("authenticated")]);
  await write(SNAPSHOT, open);
  await write(AUTHENTICATED_PATCH, mergePatch(open, authenticated));
  await write(SNAPSHOT_SOURCES, sources);
}

await runScript({ command: "npm run snapshot --", usage: USAGE, main });
