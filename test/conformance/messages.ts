import { expect } from "vitest";
import { createManualClock } from "@websocket-lambda/local-aws";
import { type Client, connect } from "../e2e/client.ts";
import type { Behavior } from "./behavior.ts";
import { type GatewayEvent, type Probe, startOwnProbe } from "./probe.ts";
import { captured, documented, reported } from "./sources.ts";

const KB = 1024;
const HANDLER_NEVER_FAILS = "local: the deployed handler doesn't fail";
const OTHER_ROUTES = "local: the deployed API has other routes";

/** Returns an error frame of API Gateway, byte for byte. */
const gatewayErrorFrame = (message: string, { connectionId, requestId }: Record<string, unknown>) =>
  `{"message": "${message}", "connectionId":"${String(connectionId)}", "requestId":"${String(requestId)}"}`;

const echoOf = (length: number) => {
  const empty = JSON.stringify({ action: "nonsense", data: "" });
  return JSON.stringify({ action: "nonsense", data: "x".repeat(length - empty.length) });
};

function sendInFragments({ socket }: Client, text: string): void {
  const data = Buffer.from(text);
  for (let start = 0; start < data.length; start += 32 * KB)
    socket.send(data.subarray(start, start + 32 * KB), {
      binary: false,
      fin: start + 32 * KB >= data.length,
    });
}

/** Sends a message to a probe. Returns the event that the function gets. */
async function sendToProbe(probe: Probe, client: Client, message: object): Promise<GatewayEvent> {
  const marker = crypto.randomUUID();
  client.send({ ...message, marker });
  return await probe.event(({ body }) => body?.includes(marker) ?? false);
}

const toDefaultRoute = (what: string, message: string): Behavior => ({
  behavior: `${what} goes to $default`,
  basis: "capture",
  source: captured.webSockets,
  check: async ({ stack }) => {
    const client = await stack.connect();
    client.send(message);
    // Frames of the handler have a status, and those of API Gateway have none.
    expect(await client.next()).toMatchObject({ status: "error" });
  },
});

const staysQuiet = (what: string, run: string): Behavior => ({
  behavior: `a route without a route response sends nothing if the function returns ${what}`,
  basis: "capture",
  source: captured.webSockets,
  only: OTHER_ROUTES,
  check: async ({ probe }) => {
    const client = await probe.connect();
    await sendToProbe(probe, client, { action: "quiet", run });
    // The first frame belongs to the second message.
    client.send({ action: "reply", run: `return { statusCode: 200, body: "seen" }` });
    expect(await client.nextText()).toBe("seen");
    expect(client.unread()).toEqual([]);
  },
});

/** The routes and replies of messages, and the reasons for closed connections. */
export const messages: Behavior[] = [
  toDefaultRoute("an unknown action", '{"action":"nonsense"}'),
  toDefaultRoute("a message without an action", '{"hello":"world"}'),
  toDefaultRoute("plain text", "hello"),
  toDefaultRoute('the literal action "$default"', '{"action":"$default"}'),
  {
    behavior: "the value of the route selection expression selects the route with that key",
    basis: "documentation",
    source: documented.routes,
    only: OTHER_ROUTES,
    check: async ({ probe }) => {
      const client = await probe.connect();
      const { requestContext } = await sendToProbe(probe, client, { action: "quiet" });
      expect(requestContext["routeKey"]).toBe("quiet");
    },
  },
  {
    behavior: "a message without a route gets a Forbidden frame, and the connection stays open",
    basis: "capture",
    source: captured.errorFrames,
    only: OTHER_ROUTES,
    check: async ({ probe }) => {
      const client = await connect(probe.url("second"));
      for (const message of ["hello", '{"action":"nonsense"}']) {
        client.send(message);
        expect(await client.nextText()).toMatch(
          /^\{"message": "Forbidden", "connectionId":"[\w-]{18}==", "requestId":"[\w-]{15}="\}$/,
        );
      }
    },
  },
  {
    behavior:
      "if the function throws, the client gets an Internal server error frame, and the connection stays open",
    basis: "capture",
    source: captured.errorFrames,
    only: HANDLER_NEVER_FAILS,
    check: async ({ probe }) => {
      const client = await probe.connect();
      const run = `throw new Error("no")`;
      const first = await sendToProbe(probe, client, { run });
      expect(await client.nextText()).toBe(
        gatewayErrorFrame("Internal server error", first.requestContext),
      );
      const second = await sendToProbe(probe, client, { run });
      expect(await client.nextText()).toBe(
        gatewayErrorFrame("Internal server error", second.requestContext),
      );
    },
  },
  {
    behavior: "the client gets the same frame if API Gateway may not invoke the function",
    basis: "capture",
    source: captured.errorFrames,
    only: "local: the deployed API may invoke its function",
    check: async () => {
      const probe = await startOwnProbe();
      const client = await probe.connect();
      probe.lambda("websocket-handler").policy = {};
      client.send("hello");
      expect(await client.nextText()).toMatch(
        /^\{"message": "Internal server error", "connectionId":"[\w-]{18}==", "requestId":"[\w-]{15}="\}$/,
      );
    },
  },
  staysQuiet("a status other than 200", `return { statusCode: 503, body: "unseen" }`),
  staysQuiet("no response", `return "unseen"`),
  staysQuiet("nothing", "return undefined"),
  {
    behavior: "a route with a route response sends the body unchanged",
    basis: "capture",
    source: captured.webSockets,
    only: OTHER_ROUTES,
    check: async ({ probe }) => {
      const client = await probe.connect();
      client.send({ action: "reply", run: `return { statusCode: 200, body: ' {"a": 1}\\n' }` });
      expect(await client.nextText()).toBe(' {"a": 1}\n');
    },
  },
  {
    behavior: "a route with a route response also sends the body of a status 503",
    basis: "capture",
    source: captured.errorFrames,
    only: OTHER_ROUTES,
    check: async ({ probe }) => {
      const client = await probe.connect();
      client.send({ action: "reply", run: `return { statusCode: 503, body: "busy" }` });
      expect(await client.nextText()).toBe("busy");
    },
  },
  {
    behavior: "a route with a route response sends an empty message if there is no body",
    basis: "report",
    source: reported.emptyMessage,
    only: OTHER_ROUTES,
    check: async ({ probe }) => {
      const client = await probe.connect();
      client.send({ action: "reply", run: "return { statusCode: 200 }" });
      expect(await client.nextText()).toBe("");
    },
  },
  {
    behavior:
      "a function error of a route with a route response sends an Internal server error frame",
    basis: "report",
    source: reported.functionError,
    only: OTHER_ROUTES,
    check: async ({ probe }) => {
      const client = await probe.connect();
      const run = `throw new Error("no")`;
      const { requestContext } = await sendToProbe(probe, client, { action: "reply", run });
      expect(await client.nextText()).toBe(
        gatewayErrorFrame("Internal server error", requestContext),
      );
    },
  },
  {
    behavior: "a binary frame closes the connection with 1003 and a reason",
    basis: "capture",
    source: captured.webSockets,
    check: async ({ stack }) => {
      const client = await stack.connect();
      client.socket.send(Buffer.from('{"action":"echo"}'), { binary: true });
      expect(await client.closed).toEqual({ code: 1003, reason: "Binary is not supported" });
    },
  },
  {
    behavior: "a frame of 32 KB is accepted",
    basis: "documentation",
    source: documented.quotas,
    check: async ({ stack }) => {
      const client = await stack.connect();
      client.send(echoOf(32 * KB));
      expect(await client.next()).toMatchObject({ error: { code: "UNKNOWN_ACTION" } });
    },
  },
  {
    behavior: "a frame over 32 KB closes the connection with 1009",
    basis: "documentation",
    source: documented.quotas,
    check: async ({ stack }) => {
      const client = await stack.connect();
      client.send(echoOf(32 * KB + 1));
      expect(await client.closed).toMatchObject({ code: 1009 });
    },
  },
  {
    behavior: "a message of 128 KB in fragments is accepted",
    basis: "documentation",
    source: documented.quotas,
    check: async ({ stack }) => {
      const client = await stack.connect();
      sendInFragments(client, echoOf(128 * KB));
      expect(await client.next()).toMatchObject({ error: { code: "UNKNOWN_ACTION" } });
    },
  },
  {
    behavior: "a message over 128 KB in fragments closes the connection with 1009",
    basis: "documentation",
    source: documented.quotas,
    check: async ({ stack }) => {
      const client = await stack.connect();
      sendInFragments(client, echoOf(128 * KB + 1));
      expect(await client.closed).toMatchObject({ code: 1009 });
    },
  },
  {
    behavior: "a close frame is echoed with its status and its reason",
    basis: "capture",
    source: captured.webSockets,
    check: async ({ stack }) => {
      const client = await stack.connect();
      client.socket.close(4001, "done here");
      expect(await client.closed).toEqual({ code: 4001, reason: "done here" });
    },
  },
  {
    behavior: "a connection that has been idle for ten minutes is closed",
    basis: "documentation",
    source: documented.quotas,
    only: "local: ten minutes are too long to wait",
    check: async () => {
      const clock = createManualClock(Date.now());
      const probe = await startOwnProbe({ clock });
      const client = await probe.connect();
      clock.advance(9 * 60_000);
      await sendToProbe(probe, client, {});
      clock.advance(9 * 60_000);
      expect(client.socket.readyState).toBe(client.socket.OPEN);
      clock.advance(60_000);
      expect(await client.closed).toMatchObject({ code: 1001 });
    },
  },
  {
    behavior: "a connection that is never idle is closed after two hours",
    basis: "documentation",
    source: documented.quotas,
    only: "local: two hours are too long to wait",
    check: async () => {
      const clock = createManualClock(Date.now());
      const probe = await startOwnProbe({ clock });
      const client = await probe.connect();
      for (let minutes = 0; minutes < 117; minutes += 9) {
        await sendToProbe(probe, client, {});
        clock.advance(9 * 60_000);
      }
      await sendToProbe(probe, client, {});
      expect(client.socket.readyState).toBe(client.socket.OPEN);
      clock.advance(3 * 60_000);
      expect(await client.closed).toMatchObject({ code: expect.any(Number) });
    },
  },
];
