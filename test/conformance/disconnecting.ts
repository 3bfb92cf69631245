import { expect } from "vitest";
import type { Client } from "../e2e/client.ts";
import type { Access } from "./access.ts";
import type { Behavior, Target } from "./behavior.ts";
import { captured, documented, reported } from "./sources.ts";

/** A way in which a connection ends, and what `$disconnect` is told of it. */
interface Ending extends Pick<Behavior, "basis" | "source"> {
  after: string;
  end(client: Client, connectionId: string, access: Access): unknown;
  code: number;
  reason: string;
}

const endings: Ending[] = [
  {
    after: "a close frame",
    basis: "capture",
    source: captured.webSockets,
    end: ({ socket }) => socket.close(1000, "probe-complete"),
    code: 1000,
    reason: "probe-complete",
  },
  {
    after: "a close frame without status",
    basis: "documentation",
    source: documented.events,
    end: ({ socket }) => socket.close(),
    code: 1005,
    reason: "Client-side close frame status not set",
  },
  {
    after: "a DELETE",
    basis: "capture",
    source: captured.connections,
    end: (_client, connectionId, access) => access.manage("DELETE", connectionId),
    code: 1000,
    reason: "Connection Closed Normally",
  },
  {
    after: "a TCP connection that broke off",
    basis: "report",
    source: reported.droppedConnection,
    end: ({ socket }) => socket.terminate(),
    code: 1006,
    reason: "Connection closed abnormally",
  },
];

/** The deployed handler logs the status, which is all that can be seen of it on AWS. */
const statusIsLogged = ({ after, end, code, ...known }: Ending): Behavior => ({
  behavior: `$disconnect has the status ${code} after ${after}`,
  basis: known.basis,
  source: known.source,
  check: async ({ stack }: Target) => {
    const client = await stack.connect();
    const connectionId = await stack.identify(client);
    await end(client, connectionId, stack);
    const pattern = `{ $.message.event = "disconnected" && $.message.connectionId = "${connectionId}" }`;
    const [line] = await stack.logged("websocket-handler", pattern);
    expect(JSON.parse(line?.message ?? "").message).toMatchObject({ code });
  },
});

const reasonIsTold = ({ after, end, code, reason, basis, source }: Ending): Behavior => ({
  behavior: `$disconnect has a reason after ${after}: ${reason}`,
  basis,
  source,
  only: "local: the deployed handler doesn't log the reason, for it can be a client's own text",
  check: async ({ probe }: Target) => {
    const marker = crypto.randomUUID();
    const client = await probe.connectTo("first", `?marker=${marker}`);
    const connected = await probe.event(
      ({ queryStringParameters }) => queryStringParameters?.["marker"] === marker,
    );
    const connectionId = String(connected.requestContext["connectionId"]);
    await end(client, connectionId, probe.access);
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

/** What `$disconnect` is told. */
export const disconnecting: Behavior[] = endings.flatMap((ending) => [
  statusIsLogged(ending),
  reasonIsTold(ending),
]);
