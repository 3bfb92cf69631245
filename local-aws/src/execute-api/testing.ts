/** A WebSocket API behind a real server, for tests, with a clock that waits. */
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect as connectSocket, type AddressInfo, type Socket } from "node:net";
import WebSocket, { type ClientOptions } from "ws";
import { createAwsServer } from "../server/server.ts";
import { permissiveIam } from "../iam/testing.ts";
import type { Iam } from "../iam/index.ts";
import { sessionOf } from "../iam/sessions.ts";
import type { LogEvent, Logs } from "../logs/index.ts";
import { createManualClock } from "../manual-clock.ts";
import { emptyState, regionOf } from "../state.ts";
import { createExecuteApi } from "./index.ts";
import { API_ID, createTestApi, REGION } from "./testing-api.ts";
import { createQueue, createTestLambda } from "./testing-lambda.ts";

/** A client whose frames are queued as they come. */
export interface TestClient {
  socket: WebSocket;
  /** Sends a text as it is, and anything else as JSON. */
  send(message: unknown): void;
  next(): Promise<string>;
  unread: string[];
  /** How the client saw the connection end. */
  closed: Promise<{ code: number; reason: string }>;
}

function testClient(socket: WebSocket): TestClient {
  const frames = createQueue<string>();
  socket.on("message", (data: Buffer) => frames.push(data.toString()));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  const send = (message: unknown) =>
    socket.send(typeof message === "string" ? message : JSON.stringify(message));
  return { socket, send, next: frames.next, unread: frames.kept, closed };
}

/** A URL and the options of the client. */
type TestTarget = ClientOptions & { url: string };

async function textOf(response: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** How an opening handshake was refused. */
export interface TestRefusal {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** The response to a request to `@connections`. */
export interface TestResponse {
  status: number;
  error: string | null;
  headers: Headers;
  body: string;
}

export type TestGateway = Awaited<ReturnType<typeof startGateway>>;

/** @param options.iam replaces parts of an IAM that allows everything. */
export async function startGateway(options: { iam?: Partial<Iam> } = {}) {
  const clock = createManualClock();
  const state = emptyState();
  const { api, stage } = createTestApi();
  regionOf(state, REGION).apigateway.apis[API_ID] = api;
  const lambda = createTestLambda();
  const lines = createQueue<LogEvent & { group: string; stream: string; region: string }>();
  const caller = sessionOf("arn:aws:iam::000000000000:role/backend", "test");
  const iam: Iam = {
    ...permissiveIam,
    authenticate: () => Promise.resolve({ caller, service: "execute-api", region: REGION }),
    sessionOf,
    ...options.iam,
  };
  const logs: Pick<Logs, "write"> = {
    write({ region, logGroupName: group, logStreamName: stream }, _author, events) {
      for (const event of events) lines.push({ ...event, group, stream, region });
      return true;
    },
  };
  const executeApi = createExecuteApi({ state, clock, iam, lambda, logs });
  const server = createAwsServer({
    iam,
    services: { "execute-api": executeApi.service },
    upgrade: executeApi.upgrade,
    isApiHost: executeApi.isApiHost,
  });
  const serverSockets = createQueue<Socket>();
  server.on("connection", (socket) => serverSockets.push(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const path = `/_aws/execute-api/${API_ID}/test`;
  const url = `ws://127.0.0.1:${port}${path}`;
  const clients = new Set<{ terminate(): void }>();

  const dial = (target: string, clientOptions: ClientOptions) => {
    const socket = new WebSocket(target, { perMessageDeflate: false, ...clientOptions });
    clients.add(socket);
    return socket;
  };
  const connectTo = async ({ url: target, ...clientOptions }: TestTarget): Promise<TestClient> => {
    const socket = dial(target, clientOptions);
    const client = testClient(socket);
    await once(socket, "open");
    return client;
  };
  const refusedAt = async ({ url: target, ...clientOptions }: TestTarget): Promise<TestRefusal> => {
    const socket = dial(target, clientOptions);
    // It is ended before it has opened, which the library calls an error.
    socket.on("error", () => {});
    const [, response] = await once(socket, "unexpected-response");
    const { statusCode, headers } = response;
    return { status: statusCode, headers, body: await textOf(response) };
  };
  return {
    api,
    stage,
    state,
    clock,
    lambda,
    executeApi,
    lines,
    /** The server's end of each TCP connection, in their order. */
    serverSockets,
    url,
    path,
    connectTo,
    connect: (suffix = "", clientOptions: ClientOptions = {}) =>
      connectTo({ url: url + suffix, ...clientOptions }),
    /** Connects, and expects to be refused. */
    refusedAt,
    refused: (suffix = "", clientOptions: ClientOptions = {}) =>
      refusedAt({ url: url + suffix, ...clientOptions }),
    /** A TCP connection on which a test speaks for itself. It stays open until the test closes it. */
    async dialRaw(): Promise<Socket> {
      const socket = connectSocket({ port, host: "127.0.0.1", allowHalfOpen: true });
      socket.on("error", () => {});
      clients.add({ terminate: () => socket.destroy() });
      await once(socket, "connect");
      return socket;
    },
    /** An HTTP request, which can name any host. */
    async request(
      method: string,
      target: string,
      { headers = {}, body = "" }: { headers?: Record<string, string> | undefined; body?: string },
    ): Promise<{ status: number | undefined; body: string }> {
      const request = httpRequest(target.replace("ws:", "http:"), { method, headers });
      request.end(body);
      const [response] = await once(request, "response");
      return { status: response.statusCode, body: await textOf(response) };
    },
    /** A request to `@connections`. */
    async manage(
      method: string,
      connectionId: string,
      body?: string | Uint8Array,
    ): Promise<TestResponse> {
      const target = url.replace("ws:", "http:");
      const response = await fetch(`${target}/@connections/${encodeURIComponent(connectionId)}`, {
        method,
        headers: { "User-Agent": "backend" },
        ...(body !== undefined && { body }),
      });
      const { status, headers } = response;
      return {
        status,
        error: headers.get("x-amzn-errortype"),
        headers,
        body: await response.text(),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.terminate();
      executeApi.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** An error of API Gateway, as a frame or as the body of a refused connect. */
export const errorFrame = (message: string): RegExp =>
  new RegExp(
    `^\\{"message": "${message}", "connectionId":"[\\w-]{18}==", "requestId":"[\\w-]{15}="\\}$`,
  );
