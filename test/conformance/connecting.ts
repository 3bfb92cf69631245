import { expect } from "vitest";
import type { Behavior } from "./behavior.ts";
import { connectRaw, connectRefused, negotiateSubprotocol } from "./raw-connection.ts";
import { captured, documented, reported } from "./sources.ts";

const HANDLER_TAKES_ALL = "local: the deployed handler takes everybody";

const refusedBy = (url: string, run: string) =>
  connectRefused(`${url}?run=${encodeURIComponent(run)}`);

/** The upgrade, and the effects of `$connect` on it. */
export const connecting: Behavior[] = [
  {
    behavior: "the upgrade gets 101 with the headers of RFC 6455 and a date only",
    basis: "capture",
    source: captured.webSockets,
    check: async ({ stack }) => {
      const raw = await connectRaw(stack.url);
      const [status, ...headers] = raw.head();
      expect(status).toBe("HTTP/1.1 101 Switching Protocols");
      const lines = headers.map((line) => line.toLowerCase()).toSorted();
      expect(lines).toEqual([
        "connection: upgrade",
        expect.stringMatching(/^date: .{25} gmt$/),
        expect.stringMatching(/^sec-websocket-accept: \S{28}$/),
        "upgrade: websocket",
      ]);
    },
  },
  {
    behavior: "an offer of permessage-deflate is not accepted",
    basis: "capture",
    source: captured.webSockets,
    check: async ({ stack }) => {
      const raw = await connectRaw(stack.url, { perMessageDeflate: true });
      expect(raw.client.socket.extensions).toBe("");
      expect(raw.head().join("\n").toLowerCase()).not.toContain("extensions");
    },
  },
  {
    behavior: "the connection has the subprotocol that $connect returns as a header",
    basis: "documentation",
    source: documented.subprotocols,
    only: "local: the deployed handler chooses none",
    check: async ({ probe }) => {
      const run = `return { statusCode: 200, headers: { "Sec-WebSocket-Protocol": "b" } }`;
      const url = `${probe.url("first")}?run=${encodeURIComponent(run)}`;
      expect(await negotiateSubprotocol(url, ["a", "b"])).toBe("b");
    },
  },
  {
    behavior:
      "a status other than 2xx from $connect refuses the upgrade with that status and the body",
    basis: "capture",
    source: captured.webSockets,
    only: HANDLER_TAKES_ALL,
    check: async ({ probe }) => {
      const refused = await refusedBy(
        probe.url("first"),
        `return { statusCode: 403, body: "go away" }`,
      );
      expect(refused).toMatchObject({ status: 403, body: "go away" });
      expect(Object.keys(refused.headers).toSorted().join(" ")).toBe(
        "connection content-length content-type date x-amz-apigw-id",
      );
      expect(refused.headers).toMatchObject({
        connection: "keep-alive",
        "content-type": "application/json; charset=UTF-8",
        "content-length": "7",
      });
    },
  },
  {
    behavior: "a $connect that throws refuses the upgrade with 502",
    basis: "report",
    source: reported.refusedConnect,
    only: HANDLER_TAKES_ALL,
    check: async ({ probe }) => {
      const { status } = await refusedBy(probe.url("first"), `throw new Error("no")`);
      expect(status).toBe(502);
    },
  },
  {
    behavior: "no $disconnect follows a refused connect",
    basis: "capture",
    source: captured.webSockets,
    only: HANDLER_TAKES_ALL,
    check: async ({ probe }) => {
      await refusedBy(probe.url("first"), `return { statusCode: 401 } // refused`);
      const { requestContext } = await probe.event((event) =>
        Boolean(event.queryStringParameters?.["run"]?.endsWith("// refused")),
      );
      const client = await probe.connect("return { statusCode: 200 } // later");
      client.socket.close(4000, "later");
      await probe.event((event) => event.requestContext["disconnectReason"] === "later");
      const isOfRefused = ({ message }: { message: string }) =>
        message.includes(String(requestContext["connectionId"])) && message.includes("DISCONNECT");
      expect(probe.lines.filter(isOfRefused)).toEqual([]);
    },
  },
  {
    behavior: "an API without $connect accepts every client",
    basis: "documentation",
    source: documented.lifeCycleRoutes,
    only: "local: the deployed API has the route",
    check: async ({ probe }) => {
      const { client } = await connectRaw(probe.url("second"));
      expect(client.socket.readyState).toBe(client.socket.OPEN);
    },
  },
];
