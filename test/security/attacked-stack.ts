import { expect } from "vitest";
import type { StackName } from "../../scripts/start/stack.ts";
import { startTestStack } from "../test-stack.ts";
import type { Issuer } from "../../scripts/start/issuer.ts";
import { type Client, connect } from "../e2e/client.ts";
import { type LogWatch, watchLogs } from "../e2e/log-watch.ts";

/** A stack, with checks to run after each attack. */
export interface AttackedStack {
  open(): Promise<Client>;
  /** Returns the query string of a valid client. */
  query(): Promise<string>;
  port(): number;
  /** Expects that it still replies, and that no function has failed or crashed. */
  expectUnharmed(): Promise<void>;
  close(): Promise<void>;
}

export async function startAttackedStack(stack: StackName, issuer: Issuer): Promise<AttackedStack> {
  const aws = await startTestStack({ stack, pages: issuer.pages });
  const logs = watchLogs(aws);
  const query = async () =>
    stack === "open" ? "" : `?token=${await issuer.tokenFor(aws.endpoint, "eve")}`;
  const open = async () => connect(`${aws.webSocketUrl("production")}${await query()}`);
  return {
    open,
    query,
    port: () => Number(new URL(aws.endpoint).port),
    async expectUnharmed() {
      const client = await open();
      await expectUnpolluted(client);
      expect(logs.lines.filter(isFailure)).toEqual([]);
      expectSameProcesses(logs);
    },
    close: () => aws.close(),
  };
}

/** Whether a line shows an error or a failed invocation, except for a refusal by the authorizer. */
const isFailure = ({ level, content }: LogWatch["lines"][number]) =>
  content["errorMessage"] !== "Unauthorized" &&
  (level === "ERROR" || level === "FATAL" || (content["status"] ?? "success") !== "success");

/** Expects that no environment started twice, which happens after its process has crashed. */
function expectSameProcesses({ lines }: LogWatch): void {
  const started = lines
    .filter(({ content }) => content["initializationType"] !== undefined)
    .filter(({ content }) => content["instanceId"] !== undefined)
    .map(({ content }) => content["instanceId"]);
  expect(started).toEqual([...new Set(started)]);
}

/** Expects that the connection still works. */
export async function expectReply(client: Client): Promise<void> {
  const reply = await client.ask({ action: "echo", data: {}, requestId: "probe" });
  expect(reply).toEqual({ action: "echo", status: "success", result: {}, requestId: "probe" });
}

/** Expects the normal replies, which a polluted `Object.prototype` in a function would change. */
async function expectUnpolluted(client: Client): Promise<void> {
  expect(await client.ask({})).toMatchObject({
    action: null,
    error: { message: "action is required" },
    requestId: expect.stringMatching(/^[\w-]{15}=$/),
  });
  expect(await client.ask({ action: "uppercase", data: {}, requestId: "probe" })).toEqual({
    action: "uppercase",
    status: "error",
    error: { code: "INVALID_DATA", message: "data.text is required" },
    requestId: "probe",
  });
  await expectReply(client);
  expect(await client.ask({ action: "polluted", requestId: "probe" })).toMatchObject({
    error: { code: "UNKNOWN_ACTION" },
  });
}
