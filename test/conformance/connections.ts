import { expect, onTestFinished } from "vitest";
import { connect } from "../e2e/client.ts";
import type { Behavior, Target } from "./behavior.ts";
import { connectRaw } from "./raw-connection.ts";
import { headerNames } from "./signed-request.ts";
import { captured, documented, reported } from "./sources.ts";

const KB = 1024;

/** A client of the deployed stack, and the id of its connection. */
async function connected({ stack }: Target) {
  const client = await stack.connect();
  return { client, connectionId: await stack.identify(client) };
}

/** The id of a connection that has been closed. */
async function closedConnection(target: Target): Promise<string> {
  const { client, connectionId } = await connected(target);
  client.socket.close();
  await client.closed;
  return connectionId;
}

/** No id of a connection ever: the first character of one is changed, as in the capture. */
const neverIssued = (connectionId: string) =>
  (connectionId.startsWith("A") ? "B" : "A") + connectionId.slice(1);

const METHODS = ["GET", "POST", "DELETE"] as const;
const bodyOf = (method: string) => (method === "POST" ? { body: Buffer.from("hello") } : {});

const describe = async ({ stack }: Target, connectionId: string) => {
  const { body } = await stack.manage("GET", connectionId);
  const parsed: { connectedAt: string; lastActiveAt: string } = JSON.parse(body);
  return parsed;
};

const basis = "capture";
const source = captured.connections;

const arrivesWhole = (length: number): Behavior => ({
  behavior: `a POST of ${length.toLocaleString("en")} bytes arrives as one message`,
  basis,
  source,
  check: async (target) => {
    const { client, connectionId } = await connected(target);
    const text = "x".repeat(length);
    const answer = await target.stack.manage("POST", connectionId, { body: Buffer.from(text) });
    expect(answer.status).toBe(200);
    expect((await client.nextText()) === text).toBe(true);
  },
});

const isGoneOnceClosed = (method: string): Behavior => ({
  behavior: `a ${method} for a connection that has been closed is answered 410 with an error type and an empty body`,
  basis,
  source,
  check: async (target) => {
    const connectionId = await closedConnection(target);
    const answer = await target.stack.manage(method, connectionId, bodyOf(method));
    expect(answer).toMatchObject({ status: 410, body: "" });
    expect(answer.headers.get("x-amzn-errortype")).toBe("GoneException");
    expect(answer.headers.get("content-type")).toBe("application/json");
  },
});

const isRefusedForItsId = (method: string): Behavior => ({
  behavior: `a ${method} for an id in another form is answered 400 with the id`,
  basis,
  source,
  check: async ({ stack }) => {
    const answer = await stack.manage(method, "AAAAAAAAAAAAAAA=", bodyOf(method));
    expect(answer).toMatchObject({
      status: 400,
      body: '{"message":"Invalid connectionId: AAAAAAAAAAAAAAA="}',
    });
    expect(answer.headers.get("x-amzn-errortype")).toBe("BadRequestException");
  },
});

const needsSignature = (method: string): Behavior => ({
  behavior: `a ${method} without a signature is answered 403 Missing Authentication Token`,
  basis,
  source,
  check: async (target) => {
    const { connectionId } = await connected(target);
    const options = { ...bodyOf(method), as: undefined };
    const answer = await target.stack.manage(method, connectionId, options);
    expect(answer.status).toBe(403);
    expect(answer.headers.get("x-amzn-errortype")).toBe("MissingAuthenticationTokenException");
    expect(JSON.parse(answer.body)).toMatchObject({ message: "Missing Authentication Token" });
  },
});

/** The API Gateway Management API, `@connections`. */
export const connections: Behavior[] = [
  {
    behavior: "a POST is answered 200 without a body, and the client gets the text",
    basis,
    source,
    check: async (target) => {
      const { client, connectionId } = await connected(target);
      const answer = await target.stack.manage("POST", connectionId, {
        body: Buffer.from("hé 😀"),
      });
      expect(answer).toMatchObject({ status: 200, body: "" });
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(answer.headers.get("content-length")).toBe("0");
      expect(await client.nextText()).toBe("hé 😀");
    },
  },
  {
    behavior: "the answer to a POST has the ids of the request and of its trace",
    basis,
    source,
    differs: "there is no X-Amzn-Trace-Id",
    check: async (target) => {
      const { connectionId } = await connected(target);
      const answer = await target.stack.manage("POST", connectionId, bodyOf("POST"));
      expect(headerNames(answer).join(" ")).toBe(
        "content-length content-type x-amz-apigw-id x-amzn-requestid x-amzn-trace-id",
      );
      expect(answer.headers.get("x-amz-apigw-id")).toMatch(/^[\w-]{15}=$/);
      expect(answer.headers.get("x-amzn-requestid")).toMatch(
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      );
      expect(answer.headers.get("x-amzn-trace-id")).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}/);
    },
  },
  ...[32 * KB, 32 * KB + 1, 128 * KB].map(arrivesWhole),
  {
    behavior: "a message over 32 KB comes in frames of at most 32 KB",
    basis: "documentation",
    source: documented.quotas,
    check: async ({ stack }) => {
      const raw = await connectRaw(stack.url);
      const connectionId = await stack.identify(raw.client);
      const before = raw.frameLengths().length;
      await stack.manage("POST", connectionId, { body: Buffer.alloc(100 * KB, "x") });
      await raw.client.nextText();
      const lengths = raw.frameLengths().slice(before);
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(100 * KB);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(32 * KB);
    },
  },
  {
    behavior: "an empty POST arrives as an empty message",
    basis,
    source,
    check: async (target) => {
      const { client, connectionId } = await connected(target);
      const answer = await target.stack.manage("POST", connectionId, { body: Buffer.alloc(0) });
      expect(answer.status).toBe(200);
      expect(await client.nextText()).toBe("");
    },
  },
  {
    behavior:
      "a POST of 131,073 bytes is answered 413 with an empty body and without an error type, and the connection stays open",
    basis,
    source,
    check: async (target) => {
      const { client, connectionId } = await connected(target);
      const body = Buffer.alloc(128 * KB + 1, "x");
      const answer = await target.stack.manage("POST", connectionId, { body });
      expect(answer).toMatchObject({ status: 413, body: "" });
      expect(answer.headers.get("x-amzn-errortype")).toBeNull();
      await target.stack.manage("POST", connectionId, bodyOf("POST"));
      expect(await client.nextText()).toBe("hello");
    },
  },
  {
    behavior: "the answer to a POST of 131,073 bytes has no header of its own at all",
    basis,
    source,
    differs: "it has the ids of the request",
    check: async (target) => {
      const { connectionId } = await connected(target);
      const body = Buffer.alloc(128 * KB + 1, "x");
      const answer = await target.stack.manage("POST", connectionId, { body });
      expect(headerNames(answer)).toEqual(["content-length"]);
    },
  },
  {
    behavior: "bytes that are no UTF-8 arrive as text, replaced",
    basis: "report",
    source: reported.binaryPost,
    check: async (target) => {
      const { client, connectionId } = await connected(target);
      const body = Buffer.from([0, 0xff, 0xfe, 0x80, 0x61]);
      expect(await target.stack.manage("POST", connectionId, { body })).toMatchObject({
        status: 200,
      });
      expect(await client.nextText()).toBe("\u0000\ufffd\ufffd\ufffda");
    },
  },
  {
    behavior: "a GET is answered with three members, printed as API Gateway prints them",
    basis,
    source,
    check: async ({ stack }) => {
      const client = await stack.connect({ headers: { "User-Agent": 'a "probe": 1' } });
      const { status, body } = await stack.manage("GET", await stack.identify(client));
      expect(status).toBe(200);
      const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/.source;
      expect(body).toMatch(
        new RegExp(
          [
            "^\\{",
            '  "identity" : \\{',
            '    "sourceIp" : "[\\d.:a-f]+",',
            '    "userAgent" : "a \\\\"probe\\\\": 1"',
            "  \\},",
            `  "connectedAt" : "${time}",`,
            `  "lastActiveAt" : "${time}"`,
            "\\}$",
          ].join("\n"),
        ),
      );
    },
  },
  {
    behavior: "a POST moves lastActiveAt and leaves connectedAt",
    basis,
    source,
    check: async (target) => {
      const { connectionId } = await connected(target);
      const before = await describe(target, connectionId);
      await expect
        .poll(async () => {
          await target.stack.manage("POST", connectionId, bodyOf("POST"));
          const { connectedAt, lastActiveAt } = await describe(target, connectionId);
          return connectedAt === before.connectedAt && lastActiveAt > before.lastActiveAt;
        })
        .toBe(true);
    },
  },
  {
    behavior: "a client's message moves lastActiveAt, though nothing is answered",
    basis,
    source,
    only: "local: the deployed handler answers every message, and its answer moves it too",
    check: async ({ probe }) => {
      const client = await probe.connect("return { statusCode: 200 } // active");
      const { requestContext } = await probe.event((event) =>
        Boolean(event.queryStringParameters?.["run"]?.endsWith("// active")),
      );
      const lastActiveAt = async () => {
        const { body } = await probe.access.manage("GET", String(requestContext["connectionId"]));
        return String(JSON.parse(body).lastActiveAt);
      };
      const before = await lastActiveAt();
      await expect
        .poll(async () => {
          client.send({ action: "quiet" });
          return (await lastActiveAt()) > before;
        })
        .toBe(true);
    },
  },
  {
    behavior: "a GET does not move lastActiveAt",
    basis,
    source,
    check: async (target) => {
      const { connectionId } = await connected(target);
      const before = await describe(target, connectionId);
      await describe(target, connectionId);
      expect(await describe(target, connectionId)).toEqual(before);
    },
  },
  {
    behavior: "a DELETE is answered 204, and the client is closed with 1000 and a reason",
    basis,
    source,
    check: async (target) => {
      const { client, connectionId } = await connected(target);
      const answer = await target.stack.manage("DELETE", connectionId);
      expect(answer).toMatchObject({ status: 204, body: "" });
      expect(await client.closed).toEqual({ code: 1000, reason: "Connection Closed Normally" });
    },
  },
  {
    behavior: "the answer to a DELETE has a content type, for all that it has no content",
    basis,
    source,
    differs: "it has none",
    check: async (target) => {
      const { connectionId } = await connected(target);
      const { headers } = await target.stack.manage("DELETE", connectionId);
      expect(headers.get("content-type")).toBe("application/json");
      expect(headers.get("content-length")).toBeNull();
    },
  },
  ...METHODS.map(isGoneOnceClosed),
  {
    behavior: "a POST while $connect has not returned yet is answered 410",
    basis: "report",
    source: reported.postBeforeConnect,
    only: "local: the deployed handler takes no time over it",
    check: async ({ probe }) => {
      const run =
        "await new Promise((resolve) => setTimeout(resolve, 500)); return { statusCode: 200 }";
      const connecting = probe.connect(run);
      const { requestContext } = await probe.event(
        (event) => event.queryStringParameters?.["run"] === run,
      );
      const connectionId = String(requestContext["connectionId"]);
      expect(await probe.access.manage("POST", connectionId, bodyOf("POST"))).toMatchObject({
        status: 410,
      });
      const client = await connecting;
      await probe.access.manage("POST", connectionId, bodyOf("POST"));
      expect(await client.nextText()).toBe("hello");
    },
  },
  ...METHODS.map(isRefusedForItsId),
  {
    behavior:
      "a GET for an id in the right form that no connection ever had is answered 400 with the id",
    basis,
    source,
    differs: "it knows ids by their last characters, and answers 410",
    check: async (target) => {
      const { connectionId } = await connected(target);
      const never = neverIssued(connectionId);
      expect(await target.stack.manage("GET", never)).toMatchObject({
        status: 400,
        body: `{"message":"Invalid connectionId: ${never}"}`,
      });
    },
  },
  {
    behavior: "the form of the id is looked at before the permission of the caller",
    basis,
    source,
    only: "local: it takes credentials that may not do it",
    check: async ({ probe }) => {
      const as = await probe.roleCredentials();
      expect(await probe.access.manage("GET", "AAAAAAAAAAAAAAA=", { as })).toMatchObject({
        status: 400,
      });
    },
  },
  {
    behavior: "the form of the id is looked at even before the signature",
    basis,
    source,
    differs: "it answers 403",
    check: async ({ stack }) => {
      const answer = await stack.manage("GET", "AAAAAAAAAAAAAAA=", { as: undefined });
      expect(answer).toMatchObject({
        status: 400,
        body: '{"message":"Invalid connectionId: AAAAAAAAAAAAAAA="}',
      });
    },
  },
  ...METHODS.map(needsSignature),
  {
    behavior: "the body of Missing Authentication Token has no member but the message",
    basis,
    source,
    differs: "it has the code as __type as well",
    check: async (target) => {
      const { connectionId } = await connected(target);
      const { body } = await target.stack.manage("GET", connectionId, { as: undefined });
      expect(body).toBe('{"message":"Missing Authentication Token"}');
    },
  },
  {
    behavior:
      "a caller without the permission is answered 403 with the action and a placeholder for the id",
    basis,
    source,
    only: "local: it takes credentials that may not do it",
    check: async ({ probe }) => {
      const client = await probe.connect();
      const event = probe.event(({ body }) => body === "who am I");
      client.send("who am I");
      const { connectionId } = (await event).requestContext;
      const as = await probe.roleCredentials();
      const answer = await probe.access.manage("GET", String(connectionId), { as });
      expect(answer.status).toBe(403);
      expect(answer.headers.get("x-amzn-errortype")).toBe("AccessDeniedException");
      expect(Object.keys(JSON.parse(answer.body))).toEqual(["Message"]);
      expect(JSON.parse(answer.body).Message).toMatch(
        /^User: arn:aws:sts::000000000000:assumed-role\/[\w-]+\/[\w-]+ is not authorized to perform: execute-api:ManageConnections on resource: arn:aws:execute-api:us-east-1:[*\d]{12}:websocket0\/production\/GET\/@connections\/\{connectionId\} because /,
      );
      await probe.access.manage("POST", String(connectionId), { ...bodyOf("POST"), as });
      expect(await client.nextText()).toBe("hello");
    },
  },
  {
    behavior: "the text of a denial shows only the last digits of the account",
    basis,
    source,
    only: "local: it takes credentials that may not do it",
    differs: "it shows all of them",
    check: async ({ probe }) => {
      const client = await probe.connect();
      const event = probe.event(({ body }) => body === "who am I now");
      client.send("who am I now");
      const { connectionId } = (await event).requestContext;
      const as = await probe.roleCredentials();
      const { body } = await probe.access.manage("GET", String(connectionId), { as });
      expect(body).toContain("arn:aws:execute-api:us-east-1:********0000:websocket0/");
    },
  },
  {
    behavior: "an unknown stage is answered 403 Forbidden",
    basis,
    source,
    check: async (target) => {
      const { connectionId } = await connected(target);
      const answer = await target.stack.manage("GET", connectionId, { stage: "no-such-stage" });
      expect(answer).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
      expect(answer.headers.get("x-amzn-errortype")).toBe("ForbiddenException");
    },
  },
  {
    behavior: "the answer for an unknown stage has an id of API Gateway's as well",
    basis,
    source,
    differs: "it has none",
    check: async (target) => {
      const { connectionId } = await connected(target);
      const { headers } = await target.stack.manage("GET", connectionId, {
        stage: "no-such-stage",
      });
      expect(headers.get("x-amz-apigw-id")).toMatch(/^[\w-]{15}=$/);
    },
  },
  {
    behavior: "a connection can be reached through another stage of its API",
    basis,
    source,
    only: "local: the deployed API has one stage",
    check: async ({ probe }) => {
      const client = await connect(probe.url("first"));
      const event = probe.event(({ body }) => body === "from production");
      client.send("from production");
      const { connectionId } = (await event).requestContext;
      const options = { ...bodyOf("POST"), stage: "other" };
      expect(await probe.access.manage("POST", String(connectionId), options)).toMatchObject({
        status: 200,
      });
      expect(await client.nextText()).toBe("hello");
    },
  },
  {
    behavior: "the @ of the path may be percent-encoded",
    basis,
    source,
    check: async (target) => {
      const { client, connectionId } = await connected(target);
      const options = { ...bodyOf("POST"), collection: "%40connections" };
      expect(await target.stack.manage("POST", connectionId, options)).toMatchObject({
        status: 200,
      });
      expect(await client.nextText()).toBe("hello");
    },
  },
  {
    behavior: "the access log of a POST has the address, the user agent and the ids of its caller",
    basis,
    source: captured.accessLog,
    only: "local: the deployed access log has only the address",
    check: async ({ probe }) => {
      const { apis } = probe.aws.state.regions["us-east-1"]?.apigateway ?? {};
      const settings = apis?.["websocket0"]?.stages["other"]?.accessLogSettings;
      if (settings === undefined) throw new Error("The probe's stage has no access log.");
      const names = "caller user userArn sourceIp userAgent".split(" ");
      const { format } = settings;
      onTestFinished(() => void (settings.format = format));
      settings.format = JSON.stringify(
        Object.fromEntries(names.map((name) => [name, `$context.identity.${name}`])),
      );
      const line = probe.line(({ message }) => message.includes('"caller":'));
      await probe.access.manage("POST", "AAAAAAAAAAAAAAA=", { ...bodyOf("POST"), stage: "other" });
      expect(JSON.parse((await line).message)).toEqual({
        caller: "000000000000",
        user: "000000000000",
        userArn: "arn:aws:iam::000000000000:root",
        sourceIp: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
        userAgent: "node",
      });
    },
  },
];
