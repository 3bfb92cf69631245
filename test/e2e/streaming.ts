import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connect } from "./client.ts";
import { askForFrames, askForTexts, readTexts } from "./frames.ts";
import type { Target } from "./target.ts";

export const ACTION = "countdown";

/** Returns the names of the actions of a stack. */
export async function readActions(target: Target): Promise<string[]> {
  const client = await connect(target.url);
  const reply = await client.ask({ action: "unknown" });
  const message = reply.status === "error" ? reply.error.message : "";
  const [, list] = /^Unknown action\. Available actions: (.*)\.$/.exec(message) ?? [];
  if (list === undefined) throw new Error(`No list of actions: ${JSON.stringify(reply)}`);
  return list.split(", ");
}

const progress = (left: number, sequence: number, requestId: string) =>
  `{"action":"countdown","status":"progress","progress":{"left":${left}},"sequence":${sequence},"requestId":"${requestId}"}`;
const liftOff = (requestId: string) =>
  `{"action":"countdown","status":"success","result":"lift-off","requestId":"${requestId}"}`;

const fromTwo = (requestId: string) => ({ action: ACTION, data: { from: 2 }, requestId });
const textsOf = (requestId: string) => [
  progress(2, 0, requestId),
  progress(1, 1, requestId),
  liftOff(requestId),
];

export const streamingTests = (target: Target) =>
  describe("streaming", () => {
    let actions: string[] = [];
    beforeAll(async () => {
      actions = await readActions(target);
    });
    // The application has no streaming action. useTarget adds one to a local stack.
    beforeEach(({ skip }) => {
      skip(
        !actions.includes(ACTION),
        `The stack has no action ${ACTION}. It has: ${actions.join(", ")}. See docs/actions.md.`,
      );
    });

    test("progress frames arrive while the action runs, numbered, with the documented key order", async () => {
      const client = await connect(target.url);
      client.send(fromTwo("r-1"));
      const first = await client.nextText();
      const received = performance.now();
      expect([first, ...(await readTexts(client))]).toEqual(textsOf("r-1"));
      // The action waits for one second after each of the two values.
      expect(performance.now() - received).toBeGreaterThan(1000);
    });

    test("invalid data gets an error frame, and no progress frame", async () => {
      const client = await connect(target.url);
      const request = { action: ACTION, data: { from: 0 }, requestId: "r-1" };
      expect(await askForFrames(client, request)).toMatchObject([
        { status: "error", error: { code: "INVALID_DATA" }, requestId: "r-1" },
      ]);
    });

    test("concurrent streams on one connection and on another are not mixed up", async () => {
      const [one, other] = [await connect(target.url), await connect(target.url)];
      one.send(fromTwo("a"));
      one.send(fromTwo("b"));
      const texts = askForTexts(other, fromTwo("a"));
      const both = [...(await readTexts(one)), ...(await readTexts(one))];
      for (const requestId of ["a", "b"])
        expect(both.filter((text) => text.endsWith(`"requestId":"${requestId}"}`))).toEqual(
          textsOf(requestId),
        );
      expect(both).toHaveLength(6);
      expect(await texts).toEqual(textsOf("a"));
    });
  });
