import { expect } from "vitest";
import type { Client } from "../e2e/client.ts";
import type { Behaviour, Target } from "./behaviour.ts";
import { captured, documented, reported } from "./sources.ts";

/** What the websocket-handler logs about the end of a connection, as API Gateway told it. */
const loggedEnd =
  (end: (client: Client, connectionId: string, target: Target) => unknown, expected: object) =>
  async (target: Target): Promise<void> => {
    const { stack } = target;
    const client = await stack.connect();
    const connectionId = await stack.identify(client);
    await end(client, connectionId, target);
    const pattern = `{ $.message.event = "disconnected" && $.message.connectionId = "${connectionId}" }`;
    const [line] = await stack.logged("websocket-handler", pattern);
    expect(JSON.parse(line?.message ?? "").message).toMatchObject(expected);
  };

/** What `$disconnect` is told, read from the log of the deployed handler. */
export const disconnecting: Behaviour[] = [
  {
    behaviour: "$disconnect has the client's own status and reason",
    basis: "capture",
    source: captured.webSockets,
    check: loggedEnd((client) => client.socket.close(1000, "probe-complete"), {
      code: 1000,
      reason: "probe-complete",
    }),
  },
  {
    behaviour:
      "$disconnect of a client that gives no status has 1005 and a reason of API Gateway's",
    basis: "documentation",
    source: documented.events,
    check: loggedEnd((client) => client.socket.close(), {
      code: 1005,
      reason: "Client-side close frame status not set",
    }),
  },
  {
    behaviour: "$disconnect after a DELETE has 1000 and the reason that the client gets",
    basis: "capture",
    source: captured.connections,
    check: loggedEnd((_client, connectionId, { stack }) => stack.manage("DELETE", connectionId), {
      code: 1000,
      reason: "Connection Closed Normally",
    }),
  },
  {
    behaviour: "$disconnect of a client whose TCP connection broke off has 1006",
    basis: "report",
    source: reported.droppedConnection,
    check: loggedEnd((client) => client.socket.terminate(), {
      code: 1006,
      reason: "Connection closed abnormally",
    }),
  },
];
