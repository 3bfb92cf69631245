import type { BuildOptions } from "esbuild";
import { trimSdk } from "./trim-sdk.ts";

/**
 * The options for bundling a function. The table shows the effect of each: KB of the minified
 * websocket-handler (225 in total), processor (181) and authorizer (21), and milliseconds of CPU from
 * the start of the process to the first response of the websocket-handler (224) and the processor (200).
 * CPU times are medians of 25 alternating starts on a busy machine, so differences below 5 ms are noise.
 * `npm run bench` measures the totals.
 *
 *     option                                 KB                   CPU, ms
 *     replaced credential chain              -131, -131, 0        -35, -25
 *     replaced event streams                 -20, -20, 0          -13, -4
 *     inlined keys in the schemas            -39, -1, 0           -15, +3
 *     keepNames                              +16, +12, +2         +5, +7
 *
 * V8's compile cache is of no use on Lambda: `/var/task` is read-only, and `/tmp` is empty at a cold
 * start.
 */
export const bundleOptions = {
  bundle: true,
  platform: "node",
  // The older of the two runtimes. The bundles run on both, so an apply with another runtime changes no code.
  target: "node22",
  format: "cjs",
  // The ES module builds of the SDK can be tree-shaken. "main" names its CommonJS builds.
  mainFields: ["module", "main"],
  minify: true,
  // Lambda logs the class name of an error.
  keepNames: true,
  // Replaces an `import()` of a Node.js module by `require`. Imported as an ES module, "node:http" loads
  // everything that its exports depend on. The SDK imports it when it first calls an endpoint without
  // TLS, so the local AWS responds 13 ms earlier.
  supported: { "dynamic-import": false },
  plugins: [trimSdk],
  sourcemap: "external",
  legalComments: "none",
  logLevel: "error",
} satisfies BuildOptions;
