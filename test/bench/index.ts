/**
 * `npm run bench`: measures sizes, times and memory, each compared with a reference from the same run.
 * Fails if a ratio exceeds its bound in `bounds.ts`.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { buildFunctions } from "../../scripts/build/index.ts";
import { runScript, UserError } from "../../scripts/run-script.ts";
import { bounds } from "./bounds.ts";
import { measureBundleSizes } from "./bundle-sizes.ts";
import { measureColdStarts } from "./cold-starts.ts";
import { measureConnections } from "./connections.ts";
import { measureSoak } from "./faulty-soak.ts";
import { measureFirstMessage } from "./first-message.ts";
import { measureMessageGrowth } from "./message-growth.ts";
import { type BenchOptions, excessesOf, format, type Report } from "./report.ts";
import { measureRoundTrips } from "./round-trips.ts";
import { measureWarmMessages } from "./warm-messages.ts";

const USAGE = `Usage: npm run bench -- [options]

Measures sizes, times and memory, and compares each figure with a reference from the same run. The
exit code is 1 if a ratio exceeds its bound in test/bench/bounds.ts.

  --short        a shorter run of one or two minutes, without growth and soak
  --json <file>  also write the figures to a file
  --only <name>  run one benchmark: sizes, starts, first, warm, trips, connections, growth or soak
  --help         print this text
`;

const measurements: Record<string, (options: BenchOptions) => Promise<Report>> = {
  sizes: measureBundleSizes,
  starts: measureColdStarts,
  first: measureFirstMessage,
  warm: measureWarmMessages,
  trips: measureRoundTrips,
  connections: measureConnections,
  growth: measureMessageGrowth,
  soak: measureSoak,
};
/** Benchmarks that take too long for CI. */
const LONG = ["growth", "soak"];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      short: { type: "boolean", default: false },
      json: { type: "string" },
      only: { type: "string" },
    },
  });
  const { short, json, only } = values;
  if (only !== undefined && !Object.hasOwn(measurements, only))
    throw new UserError(
      `--only must be one of ${Object.keys(measurements).join(", ")}, not "${only}".`,
    );
  await buildFunctions();
  const reports: Report[] = [];
  const started = performance.now();
  for (const [name, measure] of Object.entries(measurements)) {
    if (only === undefined ? short && LONG.includes(name) : only !== name) continue;
    const report = await measure({ short });
    reports.push(report);
    console.log(format(report));
  }
  console.log(`Took ${((performance.now() - started) / 1000).toFixed(0)} s.`);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(reports, undefined, 2)}\n`);
  const figures = reports.flatMap((report) => report.figures);
  const excesses = excessesOf(figures, bounds);
  for (const line of excesses) console.error(line);
  if (excesses.length > 0) process.exitCode = 1;
}

await runScript({ command: "npm run bench --", usage: USAGE, main });
