/**
 * `npm run bench`: what this repository costs, each figure beside that of a reference from the same
 * run. Fails where a ratio is beyond its bound in `bounds.ts`.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { buildFunctions } from "../../scripts/build.ts";
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

  --short        less of everything, in a minute or two
  --json <file>  writes the figures there as well
  --only <name>  sizes, starts, first, warm, trips, connections, growth or soak alone
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
/** What takes too long for CI. */
const LONG = ["growth", "soak"];

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    json: { type: "string" },
    only: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  const { short, json, only } = values;
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

if (values.help) console.log(USAGE);
else await main();
