/**
 * Known behavior of AWS, tested on a local AWS, or on AWS if `WEBSOCKET_URL` and credentials are
 * set: `WEBSOCKET_URL=… npx vitest run test/conformance`. A row that cannot run there is skipped by
 * name, with the reason.
 */
import { describe } from "vitest";
import { runTables } from "./run-tables.ts";
import { stackTables } from "./tables.ts";
import { onAws, useTargets } from "./targets.ts";

describe(`what AWS does, on ${onAws ? "the stack of WEBSOCKET_URL" : "a local AWS"}`, () => {
  runTables(stackTables, useTargets());
});
