/** `npm start`: builds the functions while the local AWS is loaded, and starts both. */
import { join, relative } from "node:path";
import { explainCommandError } from "@websocket-lambda/local-aws/command-options";
import { stop as stopEsbuild } from "esbuild";
import { DIST, openBuild } from "../build/index.ts";
import { runScript } from "../run-script.ts";
import { readOptions, USAGE } from "./options.ts";

const COMMAND = "npm start --";

async function main(): Promise<void> {
  const options = readOptions();
  /** The functions that stop the parts that have started. */
  const closers: (() => Promise<void>)[] = [];
  try {
    const build = await openBuild({ outDirectory: DIST, logLevel: "silent" });
    // Stops the process of esbuild, without waiting for a running build as `build.close()` does. It must
    // stop last, because the local AWS waits until esbuild has bundled the runtime of its functions.
    closers.push(stopEsbuild);
    const [bundles, { start }] = await Promise.all([build.run(), import("./start.ts")]);
    for (const { name } of bundles)
      console.log(`built ${relative(process.cwd(), join(DIST, `${name}.zip`))}`);
    process.exitCode = await start(options, { build, bundles }, closers);
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

const explain = (error: unknown) => explainCommandError(error, COMMAND);

await runScript({ command: COMMAND, usage: USAGE, main, explain });
// Open handles must not keep the process running.
process.exit();
