import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock } from "../clock.ts";
import type { Connect } from "./connect.ts";
import type { ConnectionFacts } from "./events.ts";
import { createForeignOriginWarning } from "./foreign-origin.ts";
import { isOpeningHandshake, parseTarget, refuse, type Refusal } from "./handshake.ts";
import { newRequestId } from "./ids.ts";
import { MESSAGE_LIMIT, URL_LIMIT } from "./limits.ts";
import type { FindStage, PublishedStage } from "./published-stages.ts";

/** Takes an HTTP upgrade, and either opens a connection or refuses it. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;

/**
 * The opening of connections, from the handshake over `$connect` to the accepted socket.
 * @param options.onOpen takes over a socket before anything is read from it.
 * @param options.onVanished hears of a client that `$connect` admitted, and that was gone by then.
 */
export function createUpgrade(options: {
  clock: Clock;
  findStage: FindStage;
  connect: Connect;
  onOpen(webSocket: WebSocket, socket: Duplex, facts: ConnectionFacts): void;
  onVanished(facts: ConnectionFacts): void;
}): Upgrade {
  const { clock, findStage, connect, onOpen, onVanished } = options;
  const subprotocols = new WeakMap<IncomingMessage, string>();
  const warnOfForeignOrigin = createForeignOriginWarning();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MESSAGE_LIMIT,
    perMessageDeflate: false,
    // The connection answers pings itself, and not without end.
    autoPong: false,
    handleProtocols: (_offered, request) => subprotocols.get(request) ?? false,
  });
  server.on("headers", (headers) => headers.push(`Date: ${new Date().toUTCString()}`));

  return async (request, socket, head) => {
    const published = findTarget(findStage, request.url ?? "");
    if (published === undefined) return refuse(socket, refusal(403, "Forbidden"));
    const fault = handshakeFault(request);
    if (fault !== undefined) return refuse(socket, fault);

    warnOfForeignOrigin(request);
    const newcomer = factsOf(request, published, clock.now());
    const admission = await connect(published, newcomer, request);
    if (!admission.admitted) return refuse(socket, admission);

    const { facts, subprotocol } = admission;
    if (subprotocol !== undefined) subprotocols.set(request, subprotocol);
    let isOpen = false;
    server.handleUpgrade(request, socket, head, (webSocket) => {
      isOpen = true;
      onOpen(webSocket, socket, facts);
    });
    if (!isOpen) onVanished(facts);
  };
}

function findTarget(findStage: FindStage, url: string): PublishedStage | undefined {
  const target = parseTarget(url);
  return target && findStage(target.apiId, target.stage);
}

/** Our choice, for want of a source: what AWS answers to these. */
function handshakeFault(request: IncomingMessage): Refusal | undefined {
  if ((request.url ?? "").length > URL_LIMIT) return refusal(414, "URI Too Long");
  return isOpeningHandshake(request) ? undefined : refusal(400, "Bad Request");
}

const refusal = (status: number, message: string): Refusal => ({
  status,
  requestId: newRequestId(),
  body: JSON.stringify({ message }),
});

function factsOf(
  { headers, socket }: IncomingMessage,
  { api, stage, ids }: PublishedStage,
  connectedAt: number,
): ConnectionFacts {
  const userAgent = headers["user-agent"];
  const { stageName, stageVariables = {} } = stage;
  return {
    connectionId: ids.connectionId(),
    apiId: api.apiId,
    stage: stageName,
    domainName: headers.host ?? "",
    connectedAt,
    identity: {
      ...(userAgent !== undefined && { userAgent }),
      sourceIp: socket.remoteAddress?.replace("::ffff:", "") ?? "",
    },
    ...(Object.keys(stageVariables).length > 0 && { stageVariables }),
  };
}
