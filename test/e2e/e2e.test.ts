import { describe, expect, test } from "vitest";
import { loadTests } from "./load.ts";
import { ACTION, readActions } from "./streaming.ts";
import { endToEndTests } from "./suite.ts";
import { onAws, useTarget } from "./target.ts";

describe(`end to end, on ${onAws ? "the stack of WEBSOCKET_URL" : "the stack of npm start"}`, () => {
  const target = useTarget();
  endToEndTests(target);
  loadTests(target);

  test.skipIf(onAws)("the local stack streams, so that no test of streams is skipped", async () => {
    expect(await readActions(target)).toContain(ACTION);
  });
});

// The stack of npm start has the runtime nodejs22.x, because the locked provider accepts no newer one.
describe.skipIf(onAws)("end to end, on the stack of npm start -- --runtime nodejs24.x", () => {
  endToEndTests(useTarget({ runtime: "nodejs24.x" }));
});
