import type { BuildOptions } from "esbuild";
import { trimSdk } from "./trim-sdk.ts";

/**
 * How a function becomes one file.
 *
 * Lambda can't keep V8's compiled code: `/var/task` is read-only, and `/tmp` empty at a cold start.
 */
export const bundleOptions = {
  bundle: true,
  platform: "node",
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
