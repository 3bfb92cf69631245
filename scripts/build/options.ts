import type { BuildOptions } from "esbuild";
import { trimSdk } from "./trim-sdk.ts";

/**
 * How a function becomes one file. The table shows what each part changes: KB of the minified
 * websocket-handler (225 in all), processor (181) and authorizer (21), and milliseconds of CPU from the
 * start of the process to the first response (224 and 200). CPU times are medians of 25 alternating
 * starts on a busy machine, so differences below 5 ms are noise. `npm run bench` measures the whole.
 *
 *     part                                   KB                   CPU, ms
 *     stand-in for the credential chain      -131, -131, 0        -35, -25
 *     stand-in for event streams             -20, -20, 0          -13, -4
 *     constant keys in the schemas           -39, -1, 0           -15, +3
 *     keepNames                              +16, +12, +2         +5, +7
 *
 * Lambda can't keep V8's compiled code: `/var/task` is read-only, and `/tmp` empty at a cold start.
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
  // Lambda logs an error by the name of its class.
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
