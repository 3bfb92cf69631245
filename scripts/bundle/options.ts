import { join } from "node:path";
import type { BuildOptions } from "esbuild";
import { rewriteSources } from "./rewrite-sources.ts";

const directory = import.meta.dirname;

/**
 * How a function becomes one file. What an option brings is said beside it, as the difference that
 * leaving it out makes: KB of the minified websocket-handler (205 in all) and of the processor
 * (164), and milliseconds of the import, of which Node's own modules for HTTPS take 8. `npm run
 * bench` measures the whole.
 *
 * Lambda can't keep V8's compiled code: `/var/task` is read-only, and `/tmp` empty at a cold start.
 */
export const bundleOptions = {
  bundle: true,
  platform: "node",
  target: "node22",
  // As ES modules, which import "node:http" in the way told below, they take 20 ms and 8 ms longer.
  format: "cjs",
  // The ES module builds of the SDK can be tree-shaken; "main" names its CommonJS builds. 241 KB
  // and 160 KB; 35 ms.
  mainFields: ["module", "main"],
  // 259 KB and 202 KB; 5 ms.
  minify: true,
  // Makes an `import()` of one of Node's modules a `require`. Imported as an ES module, "node:http"
  // loads everything that its exports can lead to. The SDK does so when it first calls an endpoint
  // without TLS, so it is the local AWS that answers 13 ms sooner.
  supported: { "dynamic-import": false },
  alias: {
    // 121 KB each; 12 ms.
    "@aws-sdk/credential-provider-node": join(directory, "environment-credentials.ts"),
    // 20 KB each; 6 ms, for in CommonJS each module that an `import()` leads to is wrapped in a
    // function of its own, and this one led to most of the SDK.
    "@smithy/core/event-streams": join(directory, "no-event-streams.ts"),
  },
  // In all 42 KB and 4 KB; 5 ms. Says of each part what it brings.
  plugins: [rewriteSources],
  sourcemap: "external",
  legalComments: "none",
  logLevel: "error",
} satisfies BuildOptions;
