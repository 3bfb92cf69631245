/**
 * `npm run map-stack -- <function>`: reads the logs of a function on AWS from stdin and writes them with
 * the positions of the bundle replaced by positions in the sources.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { DIST } from "./build/index.ts";
import { mapStack, readSourceMap } from "./build/map-stack.ts";

const USAGE = `Usage: npm run map-stack -- <function> < log

Replaces positions such as /var/task/index.js:26:23444 by a file, a line and a column of the sources.
Uses the source map in dist/, so dist/ must have the version of the function that wrote the log.

  <function>  websocket-handler, processor or authorizer
  --sha256    print the SHA-256 of the zip file in dist/, to compare it with the CodeSha256 of Lambda
  --help      print this help
`;

function run(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: "boolean" }, sha256: { type: "boolean" } },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const [name] = positionals;
  if (name === undefined || positionals.length > 1)
    throw new Error(`Name one function.\n\n${USAGE}`);
  const zip = join(DIST, `${name}.zip`);
  if (!existsSync(zip)) throw new Error(`There is no ${zip}. Run \`npm run build\` first.`);
  if (values.sha256)
    return console.log(createHash("sha256").update(readFileSync(zip)).digest("base64"));
  const map = readSourceMap(DIST, name);
  createInterface({ input: process.stdin }).on("line", (line) =>
    console.log(mapStack(line, (folder) => (folder === "/var/task" ? map : undefined))),
  );
}

try {
  run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
