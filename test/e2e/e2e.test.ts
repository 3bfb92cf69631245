import { describe, expect, test } from "vitest";
import { loadTests } from "./load.ts";
import { ACTION, readActions } from "./streaming.ts";
import { endToEndTests } from "./suite.ts";
import { onAws, useTarget } from "./target.ts";

describe(`end to end, on ${onAws ? "the stack of WEBSOCKET_URL" : "the stack of npm start"}`, () => {
  const target = useTarget();
  endToEndTests(target);
  loadTests(target);

  test.skipIf(onAws)("the local stack has a streaming action, so no test is skipped", async () => {
    expect(await readActions(target)).toContain(ACTION);
  });
});

// The default is nodejs22.x, the newest runtime that the locked provider version accepts.
describe.skipIf(onAws)(
  "end to end, on the stack of npm start -- --runtime nodejs24.x",
  { tags: ["extended"] },
  () => {
    endToEndTests(useTarget({ runtime: "nodejs24.x" }));
  },
);
