import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { ApiRoute } from "../apigateway/state.ts";
import type { Clock } from "../clock.ts";
import type { Service } from "../http/operation.ts";
import type { Iam } from "../iam/index.ts";
import type { Lambda } from "../lambda/index.ts";
import type { State } from "../state.ts";
import { type Connection, createConnection, FRAME_LIMIT } from "./connection.ts";
import { connectEvent, type ConnectionFacts, disconnectEvent, messageEvent } from "./events.ts";
import { createFrameLimit } from "./frame-limit.ts";
import { isOpeningHandshake, parseTarget, refuse } from "./handshake.ts";
import { createIntegrate, type ProxyResponse } from "./integration.ts";
import { createManagementApi } from "./management-api.ts";
import { createPublishedApis, type PublishedApi } from "./published-apis.ts";
import { routeWithKey, selectRoute } from "./route-selection.ts";

/** The data plane of WebSocket APIs: what clients and back ends connect to. */
export interface ExecuteApi {
  /** `@connections`. */
  service: Service;
  /** Takes an HTTP upgrade, and either opens a connection or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Closes every connection without a word. */
  close(): void;
}

/** Bytes. */
const MESSAGE_LIMIT = 128 * 1024;

/**
 * Our choice: messages of one connection that are with the function at a time, before its socket is
 * read no further. Without it a client that never waits could fill the memory.
 */
const MESSAGES_IN_FLIGHT = 256;

export function createExecuteApi(options: {
  state: State;
  clock: Clock;
  iam: Iam;
  lambda: Lambda;
}): ExecuteApi {
  const { state, clock, iam } = options;
  const publishedApi = createPublishedApis(state);
  const integrate = createIntegrate(options);
  const connections = new Map<string, Connection>();
  const subprotocols = new WeakMap<IncomingMessage, string>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    maxPayload: MESSAGE_LIMIT,
    perMessageDeflate: false,
    handleProtocols: (_offered, request) => subprotocols.get(request) ?? false,
  });
  server.on("headers", (headers) => headers.push(`Date: ${new Date().toUTCString()}`));

  const upgrade: ExecuteApi["upgrade"] = async (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const target = parseTarget(request);
    const published = target && publishedApi(target.apiId);
    if (target === undefined || published === undefined || !published.api.stages[target.stage])
      return refuse(socket, 403, "", JSON.stringify({ message: "Forbidden" }));
    if (!isOpeningHandshake(request))
      return refuse(socket, 400, "", JSON.stringify({ message: "Bad Request" }));

    const facts = factsOf(request, published, target.stage);
    const verdict = await connect(published, facts, request);
    if (verdict.status >= 300)
      return refuse(socket, verdict.status, verdict.requestId, verdict.body);
    if (verdict.subprotocol !== undefined) subprotocols.set(request, verdict.subprotocol);
    const frames = createFrameLimit(FRAME_LIMIT);
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = open(published, facts, webSocket);
      socket.prependListener("data", (chunk: Buffer) => {
        if (frames(chunk)) connection.close(1009, "");
      });
    });
  };

  const factsOf = (
    request: IncomingMessage,
    { api, ids }: PublishedApi,
    stage: string,
  ): ConnectionFacts => {
    const userAgent = request.headers["user-agent"];
    const stageVariables = api.stages[stage]?.stageVariables;
    return {
      connectionId: ids.connectionId(),
      apiId: api.apiId,
      stage,
      domainName: request.headers.host ?? "",
      connectedAt: clock.now(),
      identity: {
        ...(userAgent === undefined ? {} : { userAgent }),
        sourceIp: request.socket.remoteAddress?.replace("::ffff:", "") ?? "",
      },
      ...(stageVariables === undefined ? {} : { stageVariables }),
    };
  };

  /** Runs `$connect`, where the API has that route, and says with which status it ended. */
  const connect = async (
    published: PublishedApi,
    facts: ConnectionFacts,
    request: IncomingMessage,
  ) => {
    const requestId = published.ids.requestId();
    const route = routeWithKey(published.api, "$connect");
    if (route === undefined) return { status: 200, requestId, body: "" };
    const event = connectEvent(facts, occasion(requestId, route), request);
    const result = await integrate(published, facts.stage, route, event);
    if (!result.ok || result.response === undefined) {
      const body = faultFrame("Internal server error", facts.connectionId, requestId);
      return { status: 502, requestId, body };
    }
    const { statusCode: status, body = "" } = result.response;
    return { status, requestId, body, ...subprotocolOf(result.response) };
  };

  const open = (
    published: PublishedApi,
    facts: ConnectionFacts,
    webSocket: WebSocket,
  ): Connection => {
    const { connectionId } = facts;
    const connection = createConnection(webSocket, facts, clock, (close) => {
      connections.delete(connectionId);
      void disconnect(published, facts, close);
    });
    connections.set(connectionId, connection);
    // The library closes the connection with the status that belongs to the error.
    webSocket.on("error", () => {});

    let inFlight = 0;
    webSocket.on("message", (data: Buffer, isBinary) => {
      if (webSocket.readyState !== webSocket.OPEN) return;
      if (isBinary) return connection.close(1003, "Binary is not supported");
      connection.touch();
      inFlight += 1;
      if (inFlight >= MESSAGES_IN_FLIGHT) webSocket.pause();
      void receive(published, connection, data.toString()).finally(() => {
        inFlight -= 1;
        if (webSocket.isPaused) webSocket.resume();
      });
    });
    return connection;
  };

  const receive = async (published: PublishedApi, connection: Connection, body: string) => {
    const { facts } = connection;
    const { connectionId } = facts;
    const requestId = published.ids.requestId();
    const route = selectRoute(published.api, body);
    if (route === undefined) {
      connection.send(faultFrame("Forbidden", connectionId, requestId));
      return;
    }
    const messageId = published.ids.messageId();
    const event = messageEvent(facts, occasion(requestId, route), messageId, body);
    const result = await integrate(published, facts.stage, route, event);
    if (!result.ok) connection.send(faultFrame("Internal server error", connectionId, requestId));
    else if (isTwoWay(route)) connection.send(result.response?.body ?? "");
  };

  const disconnect = async (
    published: PublishedApi,
    facts: ConnectionFacts,
    close: { code: number; reason: string },
  ) => {
    const route = routeWithKey(published.api, "$disconnect");
    if (route === undefined) return;
    const event = disconnectEvent(facts, occasion(published.ids.requestId(), route), close);
    await integrate(published, facts.stage, route, event);
  };

  const occasion = (requestId: string, { routeKey }: ApiRoute) => ({
    requestId,
    routeKey,
    time: clock.now(),
  });

  return {
    service: createManagementApi({ iam, publishedApi, connection: (id) => connections.get(id) }),
    upgrade,
    close() {
      for (const webSocket of server.clients) webSocket.terminate();
    },
  };
}

/** A route answers its sender only with a route response, whose key can only be `$default`. */
const isTwoWay = ({ routeResponseSelectionExpression, routeResponses }: ApiRoute) =>
  routeResponseSelectionExpression === "$default" &&
  Object.values(routeResponses).some(({ routeResponseKey }) => routeResponseKey === "$default");

/** What API Gateway itself tells a client, to the byte. */
const faultFrame = (message: string, connectionId: string, requestId: string) =>
  `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;

function subprotocolOf({ headers = {} }: ProxyResponse): { subprotocol?: string } {
  const [, value] =
    Object.entries(headers).find(([name]) => name.toLowerCase() === "sec-websocket-protocol") ?? [];
  return typeof value === "string" ? { subprotocol: value } : {};
}
