/**
 * `npm run snapshot`: applies `terraform/` to empty local AWSs and writes what came of it to the files
 * that `npm start` begins with.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { snapshot } from "../local-aws/src/stack-snapshot.ts";
import { readBundles, STACKS, startEmpty } from "../local-aws/src/stack.ts";
import { buildFunctions, DIST } from "./build/index.ts";
import { applyStack, type StackName, variablesOf } from "./terraform.ts";

async function write(stack: StackName): Promise<void> {
  const workDirectory = await mkdtemp(join(tmpdir(), "websocket-lambda-terraform-"));
  const aws = await startEmpty();
  try {
    const { endpoint } = aws;
    await applyStack({ endpoint, workDirectory, variables: variablesOf(stack, endpoint) });
    await writeFile(STACKS[stack], snapshot(aws.state, endpoint, await readBundles(DIST)));
    console.log(`Wrote ${STACKS[stack]}.`);
  } finally {
    await aws.close();
    await rm(workDirectory, { recursive: true, force: true });
  }
}

await buildFunctions();
await Promise.all([write("open"), write("authenticated")]);
