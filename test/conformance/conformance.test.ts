/**
 * What AWS is known to do, tried on a local AWS, or on AWS itself where `WEBSOCKET_URL` and
 * credentials are set: `WEBSOCKET_URL=… npx vitest run test/conformance`. Whatever can't be tried
 * there is skipped by name, with the reason.
 */
import { describe, expect, test } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { connecting } from "./connecting.ts";
import { connections } from "./connections.ts";
import { disconnecting } from "./disconnecting.ts";
import { events } from "./events.ts";
import { invoking } from "./invoking.ts";
import { logging } from "./logging.ts";
import { messages } from "./messages.ts";
import { retrying } from "./retrying.ts";
import { onAws, useTargets } from "./targets.ts";

const tables: Record<string, Behaviour[]> = {
  connecting,
  messages,
  events,
  disconnecting,
  "@connections": connections,
  "Lambda's Invoke": invoking,
  "asynchronous invocations": retrying,
  logs: logging,
};

const titles = { capture: "captured", documentation: "documented", report: "reported" };

describe(`what AWS does, on ${onAws ? "the stack of WEBSOCKET_URL" : "a local AWS"}`, () => {
  const target = useTargets();
  // Logs of AWS come late.
  const timeout = onAws ? 180_000 : 20_000;

  describe.each(Object.entries(tables))("%s", (_area, rows) => {
    for (const { behaviour, basis, source, only, differs, check } of rows) {
      const isSkipped = onAws && only !== undefined;
      const isUnlike = !onAws && differs !== undefined;
      const remark = isSkipped ? ` (${only})` : isUnlike ? ` (not here yet: ${differs})` : "";
      const options = { timeout, skip: isSkipped, fails: isUnlike };
      test(`[${titles[basis]}] ${behaviour}${remark}`, options, async ({ annotate }) => {
        expect.hasAssertions();
        await annotate(source, "source");
        await check(target);
      });
    }
  });
});
