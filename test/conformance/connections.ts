import { expect, onTestFinished } from "vitest";
import { connect } from "../e2e/client.ts";
import type { Behavior, Target } from "./behavior.ts";
import { connectRaw } from "./raw-connection.ts";
import { headerNames } from "./signed-request.ts";
import { captured, documented, reported } from "./sources.ts";

const KB = 1024;

/** Connects a client to the deployed stack. Returns it with the ID of its connection. */
async function connected({ stack }: Target) {
  const client = await stack.connect();
  return { client, connectionId: await stack.identify(client) };
}

/** Returns the ID of a closed connection. */
async function closedConnection(target: Target): Promise<string> {
  const { client, connectionId } = await connected(target);
  client.socket.close();
  await client.closed;
  return connectionId;
}

/** Returns an ID that no connection ever had: one with another first character, as in the capture. */
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
    const response = await target.stack.manage("POST", connectionId, { body: Buffer.from(text) });
    expect(response.status).toBe(200);
    expect((await client.nextText()) === text).toBe(true);
  },
});

const isGoneOnceClosed = (method: string): Behavior => ({
  behavior: `a ${method} for a closed connection gets 410 with an error type and an empty body`,
  basis,
  source,
  check: async (target) => {
    const connectionId = await closedConnection(target);
    const response = await target.stack.manage(method, connectionId, bodyOf(method));
    expect(response).toMatchObject({ status: 410, body: "" });
    expect(response.headers.get("x-amzn-errortype")).toBe("GoneException");
    expect(response.headers.get("content-type")).toBe("application/json");
  },
});

const isRefusedForItsId = (method: string): Behavior => ({
  behavior: `a ${method} for a malformed ID gets 400 with the ID`,
  basis,
  source,
  check: async ({ stack }) => {
    const response = await stack.manage(method, "AAAAAAAAAAAAAAA=", bodyOf(method));
    expect(response).toMatchObject({
      status: 400,
      body: '{"message":"Invalid connectionId: AAAAAAAAAAAAAAA="}',
    });
    expect(response.headers.get("x-amzn-errortype")).toBe("BadRequestException");
  },
});

const needsSignature = (method: string): Behavior => ({
  behavior: `a ${method} without a signature gets 403 Missing Authentication Token`,
  basis,
  source,
  check: async (target) => {
    const { connectionId } = await connected(target);
    const options = { ...bodyOf(method), as: undefined };
    const response = await target.stack.manage(method, connectionId, options);
    expect(response.status).toBe(403);
    expect(response.headers.get("x-amzn-errortype")).toBe("MissingAuthenticationTokenException");
    expect(JSON.parse(response.body)).toMatchObject({ message: "Missing Authentication Token" });
  },
});

/** The API Gateway Management API, `@connections`. */
export const connections: Behavior[] = [
  {
    behavior: "a POST gets 200 without a body, and the client gets the text",
    basis,
    source,
    check: async (target) => {
      const { client, connectionId } = await connected(target);
      const response = await target.stack.manage("POST", connectionId, {
        body: Buffer.from("hé 😀"),
      });
      expect(response).toMatchObject({ status: 200, body: "" });
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(response.headers.get("content-length")).toBe("0");
      expect(await client.nextText()).toBe("hé 😀");
    },
  },
  {
    behavior: "the response to a POST has the IDs of the request and of its trace",
    basis,
    source,
    differs: "it has no X-Amzn-Trace-Id",
    check: async (target) => {
      const { connectionId } = await connected(target);
      const response = await target.stack.manage("POST", connectionId, bodyOf("POST"));
      expect(headerNames(response).join(" ")).toBe(
        "content-length content-type x-amz-apigw-id x-amzn-requestid x-amzn-trace-id",
      );
      expect(response.headers.get("x-amz-apigw-id")).toMatch(/^[\w-]{15}=$/);
      expect(response.headers.get("x-amzn-requestid")).toMatch(
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      );
      expect(response.headers.get("x-amzn-trace-id")).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}/);
    },
  },
  ...[32 * KB, 32 * KB + 1, 128 * KB].map(arrivesWhole),
  {
    behavior: "a message over 32 KB is sent in frames of at most 32 KB",
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
      const response = await target.stack.manage("POST", connectionId, { body: Buffer.alloc(0) });
      expect(response.status).toBe(200);
      expect(await client.nextText()).toBe("");
    },
  },
  {
    behavior:
      "a POST of 131,073 bytes gets 413 with an empty body and no error type, and the connection stays open",
    basis,
    source,
    check: async (target) => {
      const { client, connectionId } = await connected(target);
      const body = Buffer.alloc(128 * KB + 1, "x");
      const response = await target.stack.manage("POST", connectionId, { body });
      expect(response).toMatchObject({ status: 413, body: "" });
      expect(response.headers.get("x-amzn-errortype")).toBeNull();
      await target.stack.manage("POST", connectionId, bodyOf("POST"));
      expect(await client.nextText()).toBe("hello");
    },
  },
  {
    behavior: "the response to a POST of 131,073 bytes has no headers of API Gateway",
    basis,
    source,
    differs: "it has the IDs of the request",
    check: async (target) => {
      const { connectionId } = await connected(target);
      const body = Buffer.alloc(128 * KB + 1, "x");
      const response = await target.stack.manage("POST", connectionId, { body });
      expect(headerNames(response)).toEqual(["content-length"]);
    },
  },
  {
    behavior: "invalid UTF-8 arrives as replacement characters",
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
    behavior: "the response to a GET has three members, in the format of API Gateway",
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
    behavior: "a POST changes lastActiveAt and not connectedAt",
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
    behavior: "a client's message changes lastActiveAt, even without a reply",
    basis,
    source,
    only: "local: the deployed handler replies to every message, and its reply changes it too",
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
    behavior: "a GET does not change lastActiveAt",
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
    behavior: "a DELETE gets 204, and the connection is closed with 1000 and a reason",
    basis,
    source,
    check: async (target) => {
      const { client, connectionId } = await connected(target);
      const response = await target.stack.manage("DELETE", connectionId);
      expect(response).toMatchObject({ status: 204, body: "" });
      expect(await client.closed).toEqual({ code: 1000, reason: "Connection Closed Normally" });
    },
  },
  {
    behavior: "the response to a DELETE has a content type, although it has no content",
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
    behavior: "a POST before $connect returns gets 410",
    basis: "report",
    source: reported.postBeforeConnect,
    only: "local: the deployed handler returns at once",
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
    behavior: "a GET for a well-formed ID that no connection ever had gets 400 with the ID",
    basis,
    source,
    differs: "it recognizes IDs by their last characters, and returns 410",
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
    behavior: "the form of the ID is checked before the permission of the caller",
    basis,
    source,
    only: "local: it needs credentials without the permission",
    check: async ({ probe }) => {
      const as = await probe.roleCredentials();
      expect(await probe.access.manage("GET", "AAAAAAAAAAAAAAA=", { as })).toMatchObject({
        status: 400,
      });
    },
  },
  {
    behavior: "the form of the ID is checked before the signature",
    basis,
    source,
    differs: "it returns 403",
    check: async ({ stack }) => {
      const response = await stack.manage("GET", "AAAAAAAAAAAAAAA=", { as: undefined });
      expect(response).toMatchObject({
        status: 400,
        body: '{"message":"Invalid connectionId: AAAAAAAAAAAAAAA="}',
      });
    },
  },
  ...METHODS.map(needsSignature),
  {
    behavior: "the body of Missing Authentication Token has only the member message",
    basis,
    source,
    differs: "it also has the code as __type",
    check: async (target) => {
      const { connectionId } = await connected(target);
      const { body } = await target.stack.manage("GET", connectionId, { as: undefined });
      expect(body).toBe('{"message":"Missing Authentication Token"}');
    },
  },
  {
    behavior:
      "a caller without the permission gets 403 with the action and a placeholder for the ID",
    basis,
    source,
    only: "local: it needs credentials without the permission",
    check: async ({ probe }) => {
      const client = await probe.connect();
      const event = probe.event(({ body }) => body === "who am I");
      client.send("who am I");
      const { connectionId } = (await event).requestContext;
      const as = await probe.roleCredentials();
      const response = await probe.access.manage("GET", String(connectionId), { as });
      expect(response.status).toBe(403);
      expect(response.headers.get("x-amzn-errortype")).toBe("AccessDeniedException");
      expect(Object.keys(JSON.parse(response.body))).toEqual(["Message"]);
      expect(JSON.parse(response.body).Message).toMatch(
        /^User: arn:aws:sts::000000000000:assumed-role\/[\w-]+\/[\w-]+ is not authorized to perform: execute-api:ManageConnections on resource: arn:aws:execute-api:us-east-1:[*\d]{12}:websocket0\/production\/GET\/@connections\/\{connectionId\} because /,
      );
      await probe.access.manage("POST", String(connectionId), { ...bodyOf("POST"), as });
      expect(await client.nextText()).toBe("hello");
    },
  },
  {
    behavior: "the message of a denial shows only the last digits of the account",
    basis,
    source,
    only: "local: it needs credentials without the permission",
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
    behavior: "an unknown stage gets 403 Forbidden",
    basis,
    source,
    check: async (target) => {
      const { connectionId } = await connected(target);
      const response = await target.stack.manage("GET", connectionId, { stage: "no-such-stage" });
      expect(response).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
      expect(response.headers.get("x-amzn-errortype")).toBe("ForbiddenException");
    },
  },
  {
    behavior: "the response for an unknown stage also has an ID of API Gateway",
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
    behavior: "the access log of a POST has the address, the user agent and the IDs of its caller",
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
