import { expect } from "vitest";
import type { Behavior } from "./behavior.ts";
import type { GatewayEvent, Probe } from "./probe.ts";
import { captured } from "./sources.ts";

const only = "local: the deployed handler doesn't show the events that it gets";
const basis = "capture";
const source = captured.webSockets;

/** Connects to a probe. Returns the event of the connect. */
async function connectEvent(probe: Probe, query = "", headers: Record<string, string> = {}) {
  const marker = crypto.randomUUID();
  const client = await probe.connectTo("first", `?${query}marker=${marker}`, { headers });
  const event = await probe.event(
    (candidate) => candidate.queryStringParameters?.["marker"] === marker,
  );
  return { client, event, marker };
}

/** Waits for another event of the connection. */
const laterEvent = (probe: Probe, { requestContext }: GatewayEvent, eventType: string) =>
  probe.event(
    (candidate) =>
      candidate.requestContext["connectionId"] === requestContext["connectionId"] &&
      candidate.requestContext["eventType"] === eventType,
  );

/** The members of every context, in their order: those before and those after `disconnectReason`. */
const REQUEST = "extendedRequestId requestTime messageDirection";
const CONNECTION =
  "stage connectedAt requestTimeEpoch identity requestId domainName connectionId apiId";

/** The events that API Gateway sends to a function. The order of members is that of the JSON text. */
const rows: Pick<Behavior, "behavior" | "differs" | "check">[] = [
  {
    behavior: "$connect has headers, a query and a context, and no body",
    check: async ({ probe }) => {
      const { event } = await connectEvent(probe);
      expect(Object.keys(event).join(" ")).toBe(
        "headers multiValueHeaders queryStringParameters multiValueQueryStringParameters requestContext isBase64Encoded",
      );
    },
  },
  {
    behavior: "the context of $connect has its members in the order of AWS, and no messageId",
    check: async ({ probe }) => {
      const { event } = await connectEvent(probe);
      expect(Object.keys(event.requestContext).join(" ")).toBe(
        `routeKey eventType ${REQUEST} ${CONNECTION}`,
      );
      expect(event.requestContext).toMatchObject({
        routeKey: "$connect",
        eventType: "CONNECT",
        messageDirection: "IN",
        stage: "production",
        apiId: "websocket0",
        connectionId: expect.stringMatching(/^[\w-]{18}==$/),
      });
    },
  },
  {
    behavior: "requestId and extendedRequestId are the same 16 characters",
    check: async ({ probe }) => {
      const { requestContext } = (await connectEvent(probe)).event;
      expect(requestContext["requestId"]).toMatch(/^[\w-]{15}=$/);
      expect(requestContext["extendedRequestId"]).toBe(requestContext["requestId"]);
    },
  },
  {
    behavior: "requestTime has the Common Log Format, and the other times are milliseconds",
    check: async ({ probe }) => {
      const { requestContext } = (await connectEvent(probe)).event;
      const { requestTime, requestTimeEpoch, connectedAt } = requestContext;
      expect(requestTime).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
      const parsed = Date.parse(String(requestTime).replace(/:/, " "));
      expect(parsed).toBe(Math.floor(Number(requestTimeEpoch) / 1000) * 1000);
      expect(Math.abs(Number(requestTimeEpoch) - Number(connectedAt))).toBeLessThan(1000);
    },
  },
  {
    behavior: "the event of $connect has no members for a missing query string",
    check: async ({ probe }) => {
      const client = await probe.connectTo("first", "", { headers: { "X-Case": "no query" } });
      const event = await probe.event(({ headers }) => headers?.["X-Case"] === "no query");
      expect(Object.keys(event).join(" ")).toBe(
        "headers multiValueHeaders requestContext isBase64Encoded",
      );
      client.socket.close();
    },
  },
  {
    behavior: "query parameters are sorted, and the last value of each is the single value",
    check: async ({ probe }) => {
      const { event, marker } = await connectEvent(probe, "z=1&a=x%20y&z=2&");
      expect(JSON.stringify(event.queryStringParameters)).toBe(
        JSON.stringify({ a: "x y", marker, z: "2" }),
      );
      expect(JSON.stringify(event.multiValueQueryStringParameters)).toBe(
        JSON.stringify({ a: ["x y"], marker: [marker], z: ["1", "2"] }),
      );
    },
  },
  {
    behavior:
      "header names keep the client's case and are sorted, and Connection and Upgrade are missing",
    check: async ({ probe }) => {
      const { event } = await connectEvent(probe, "", { Origin: "https://example.com" });
      const names =
        "Host Origin Sec-WebSocket-Key Sec-WebSocket-Version X-Amzn-Trace-Id X-Forwarded-For X-Forwarded-Port X-Forwarded-Proto";
      expect(Object.keys(event.headers ?? {}).join(" ")).toBe(names);
      expect(event.multiValueHeaders).toEqual(
        Object.fromEntries(names.split(" ").map((name) => [name, [event.headers?.[name]]])),
      );
      expect(event.headers?.["X-Amzn-Trace-Id"]).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    },
  },
  {
    behavior: "the event has the extensions that a client offers, although none is negotiated",
    check: async ({ probe }) => {
      const offered = "permessage-deflate; client_max_window_bits";
      const headers = { "Sec-WebSocket-Extensions": offered };
      const { event } = await connectEvent(probe, "", headers);
      expect(event.headers?.["Sec-WebSocket-Extensions"]).toBe(offered);
    },
  },
  {
    behavior: "identity has the client's address, and its user agent if it sends one",
    check: async ({ probe }) => {
      const without = await connectEvent(probe);
      expect(without.event.requestContext["identity"]).toEqual({ sourceIp: "127.0.0.1" });
      const { event } = await connectEvent(probe, "", { "User-Agent": "probe" });
      expect(JSON.stringify(event.requestContext["identity"])).toBe(
        '{"userAgent":"probe","sourceIp":"127.0.0.1"}',
      );
    },
  },
  {
    behavior: "a message has a context and a body, and neither headers nor a query",
    check: async ({ probe }) => {
      const { client, event } = await connectEvent(probe);
      client.send("hello");
      const message = await laterEvent(probe, event, "MESSAGE");
      expect(Object.keys(message)).toEqual(["requestContext", "body", "isBase64Encoded"]);
      expect(Object.keys(message.requestContext).join(" ")).toBe(
        `routeKey messageId eventType ${REQUEST} ${CONNECTION}`,
      );
      expect(message).toMatchObject({ isBase64Encoded: false });
    },
  },
  {
    behavior: "the body of a message is the text as the client sent it",
    check: async ({ probe }) => {
      const { client, event } = await connectEvent(probe);
      const text = ' {"action": "ü😀",\n\t"data": 1.0}  \u0000';
      client.send(text);
      expect((await laterEvent(probe, event, "MESSAGE")).body).toBe(text);
    },
  },
  {
    behavior:
      "the messageId ends like the connectionId, and the members of the connection do not change",
    check: async ({ probe }) => {
      const { client, event } = await connectEvent(probe);
      client.send("hello");
      const { requestContext } = await laterEvent(probe, event, "MESSAGE");
      const { messageId, connectedAt, identity, domainName } = requestContext;
      expect(messageId).toMatch(/^[\w-]{18}==$/);
      expect(messageId).not.toBe(requestContext["connectionId"]);
      expect(String(messageId).slice(-8)).toBe(String(requestContext["connectionId"]).slice(-8));
      expect(event.requestContext).toMatchObject({ connectedAt, identity, domainName });
    },
  },
  {
    behavior: "$disconnect has four headers, three of them empty, and a context",
    check: async ({ probe }) => {
      const { client, event } = await connectEvent(probe);
      client.socket.close(1000, "done");
      const left = await laterEvent(probe, event, "DISCONNECT");
      expect(Object.keys(left).join(" ")).toBe(
        "headers multiValueHeaders requestContext isBase64Encoded",
      );
      const Host = event.headers?.["Host"];
      const headers = { Host, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": "" };
      expect(JSON.stringify(left.headers)).toBe(JSON.stringify(headers));
      expect(left.multiValueHeaders).toEqual({
        Host: [Host],
        "x-api-key": [""],
        "X-Forwarded-For": [""],
        "x-restapi": [""],
      });
    },
  },
  {
    behavior:
      "the context of $disconnect has the status and the reason, and the identity of the connect",
    check: async ({ probe }) => {
      const { client, event } = await connectEvent(probe, "", { "User-Agent": "probe" });
      client.socket.close(1000, "done");
      const { requestContext } = await laterEvent(probe, event, "DISCONNECT");
      expect(Object.keys(requestContext).join(" ")).toBe(
        `routeKey disconnectStatusCode eventType ${REQUEST} disconnectReason ${CONNECTION}`,
      );
      const { identity, connectedAt } = event.requestContext;
      expect(requestContext).toMatchObject({
        disconnectStatusCode: 1000,
        disconnectReason: "done",
      });
      expect(requestContext).toMatchObject({ identity, connectedAt });
    },
  },
];

export const events = rows.map((row): Behavior => ({ basis, source, only, ...row }));
