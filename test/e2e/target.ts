import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { LocalAws } from "../../local/local-aws.ts";
import { startStack, websocketUrl } from "../../local/stack.ts";

/** What the suite runs against: a stack on AWS with `WEBSOCKET_URL` set, else one of its own here. */
export interface Target {
  readonly url: string;
  /** The local AWS, for what only it can show. */
  readonly local: LocalAws;
}

/** What can be seen from the inside only is skipped by name: `describe.skipIf(onAws)(…)`. */
export const onAws = process.env["WEBSOCKET_URL"] !== undefined;

/** Starts the target before the tests of a file, and ends it after them. */
export function useTarget(): Target {
  let local: LocalAws | undefined;
  beforeAll(async () => {
    if (onAws) return;
    local = await startStack({ bundles: join(import.meta.dirname, "..", "..", "dist") });
  });
  afterAll(async () => {
    await local?.close();
  });
  const running = () => {
    if (local === undefined) throw new Error("There is no local AWS in this run.");
    return local;
  };
  return {
    get url() {
      return process.env["WEBSOCKET_URL"] ?? websocketUrl(running(), "websocket0", "production");
    },
    get local() {
      return running();
    },
  };
}
