import { expect } from "vitest";
import type { Client } from "../e2e/client.ts";
import type { Access } from "./access.ts";
import type { Behavior, Target } from "./behavior.ts";
import { captured, documented, reported } from "./sources.ts";

/** A way in which a connection closes, and the status and reason that `$disconnect` gets. */
interface Closing extends Pick<Behavior, "basis" | "source"> {
  after: string;
  close(client: Client, connectionId: string, access: Access): unknown;
  code: number;
  reason: string;
}

const closings: Closing[] = [
  {
    after: "a close frame",
    basis: "capture",
    source: captured.webSockets,
    close: ({ socket }) => socket.close(1000, "probe-complete"),
    code: 1000,
    reason: "probe-complete",
  },
  {
    after: "a close frame without status",
    basis: "documentation",
    source: documented.events,
    close: ({ socket }) => socket.close(),
    code: 1005,
    reason: "Client-side close frame status not set",
  },
  {
    after: "a DELETE",
    basis: "capture",
    source: captured.connections,
    close: (_client, connectionId, access) => access.manage("DELETE", connectionId),
    code: 1000,
    reason: "Connection Closed Normally",
  },
  {
    after: "a TCP connection without a close frame",
    basis: "report",
    source: reported.droppedConnection,
    close: ({ socket }) => socket.terminate(),
    code: 1006,
    reason: "Connection closed abnormally",
  },
];

/** The deployed handler logs only the status, so on AWS nothing else of the event is visible. */
const statusIsLogged = ({ after, close, code, ...known }: Closing): Behavior => ({
  behavior: `$disconnect has the status ${code} after ${after}`,
  basis: known.basis,
  source: known.source,
  check: async ({ stack }: Target) => {
    const client = await stack.connect();
    const connectionId = await stack.identify(client);
    await close(client, connectionId, stack);
    const pattern = `{ $.message.event = "disconnected" && $.message.connectionId = "${connectionId}" }`;
    const [line] = await stack.logged("websocket-handler", pattern);
    expect(JSON.parse(line?.message ?? "").message).toMatchObject({ code });
  },
});

const reasonIsSent = ({ after, close, code, reason, basis, source }: Closing): Behavior => ({
  behavior: `$disconnect has a reason after ${after}: ${reason}`,
  basis,
  source,
  only: "local: the deployed handler does not log the reason, because clients can choose its text",
  check: async ({ probe }: Target) => {
    const marker = crypto.randomUUID();
    const client = await probe.connectTo("first", `?marker=${marker}`);
    const connected = await probe.event(
      ({ queryStringParameters }) => queryStringParameters?.["marker"] === marker,
    );
    const connectionId = String(connected.requestContext["connectionId"]);
    await close(client, connectionId, probe.access);
    const { requestContext } = await probe.event(
      (event) =>
        event.requestContext["connectionId"] === connectionId &&
        event.requestContext["eventType"] === "DISCONNECT",
    );
    expect(requestContext).toMatchObject({
      disconnectStatusCode: code,
      disconnectReason: reason,
    });
  },
});

/** The status and the reason in the event of `$disconnect`. */
export const disconnecting: Behavior[] = closings.flatMap((closing) => [
  statusIsLogged(closing),
  reasonIsSent(closing),
]);
