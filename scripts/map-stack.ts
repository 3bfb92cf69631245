/**
 * `npm run map-stack -- --function <name>`: reads the logs of a function on AWS from stdin, replaces
 * positions in the bundle by positions in the sources, and writes them to stdout.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { DIST, FUNCTIONS } from "./build/index.ts";
import { mapStack, readSourceMap } from "./build/map-stack.ts";
import { runScript, UserError } from "./run-script.ts";

const USAGE = `Usage: npm run map-stack -- --function <name> [options] < log

Replaces positions such as /var/task/index.js:26:23444 by a file, a line and a column of the sources.
Uses the source map in dist/, so dist/ must have the version of the function that wrote the log.

  --function <name>  the function: websocket-handler, processor or authorizer
  --sha256           print the SHA-256 of the zip file in dist/, to compare it with Lambda's CodeSha256
  --help             print this help
`;

function main(): void {
  const { values } = parseArgs({
    options: { function: { type: "string", default: "" }, sha256: { type: "boolean" } },
  });
  const { function: name } = values;
  if (!FUNCTIONS.some((known) => known === name))
    throw new UserError(`--function must be one of ${FUNCTIONS.join(", ")}, not "${name}".`);
  const zip = join(DIST, `${name}.zip`);
  if (!existsSync(zip)) throw new UserError(`There is no ${zip}. Run \`npm run build\` first.`);
  if (values.sha256)
    return console.log(createHash("sha256").update(readFileSync(zip)).digest("base64"));
  const map = readSourceMap(DIST, name);
  createInterface({ input: process.stdin }).on("line", (line) =>
    console.log(mapStack(line, (folder) => (folder === "/var/task" ? map : undefined))),
  );
}

await runScript({ command: "npm run map-stack --", usage: USAGE, main });
