/**
 * `npm run snapshot`: applies `terraform/` to an empty local AWS and writes what came of it to
 * `local/stack.json`, which `npm start` begins with.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { snapshot } from "../local/stack-snapshot.ts";
import { readBundles, STACK_FILE, startEmpty } from "../local/stack.ts";
import { buildFunctions, DIST } from "./build.ts";
import { applyStack } from "./terraform.ts";

await buildFunctions();
const workDirectory = await mkdtemp(join(tmpdir(), "websocket-lambda-terraform-"));
const aws = await startEmpty();
try {
  await applyStack({ endpoint: aws.endpoint, workDirectory });
  await writeFile(STACK_FILE, snapshot(aws.state, aws.endpoint, await readBundles(DIST)));
  console.log(`Wrote ${STACK_FILE}.`);
} finally {
  await aws.close();
  await rm(workDirectory, { recursive: true, force: true });
}
