import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock } from "../clock.ts";
import type { ConnectHandler } from "./connect.ts";
import type { ConnectionFacts } from "./events.ts";
import { createForeignOriginWarning } from "./foreign-origin.ts";
import type { CustomDomains } from "./custom-domains.ts";
import {
  gatewayRefusal,
  isOpeningHandshake,
  loadBalancerRefusal,
  refuse,
  type Refusal,
  stageNameOf,
  stagePathOf,
} from "./handshake.ts";
import { newRequestId } from "./ids.ts";
import { sourceIpOf } from "../server/source-ip.ts";
import { MESSAGE_LIMIT, URL_LIMIT } from "./limits.ts";
import type {
  PublishedStage,
  PublishedStages,
  StageAddress,
  StageReference,
} from "./published-stages.ts";

/** Handles an HTTP upgrade: opens a connection or refuses it. */
export type UpgradeHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
) => Promise<void>;

/** The facts and the stage of a new connection. */
export interface Opened {
  facts: ConnectionFacts;
  stage: StageReference;
}

/**
 * Creates the handler of handshakes, which runs `$connect` and accepts the socket.
 * @param options.onOpen gets a socket before anything is read from it.
 * @param options.onVanished is called if the client disconnected while `$connect` ran.
 */
export function createUpgradeHandler(options: {
  clock: Clock;
  domains: CustomDomains;
  stages: PublishedStages;
  connect: ConnectHandler;
  onOpen(webSocket: WebSocket, socket: Duplex, opened: Opened): void;
  onVanished(opened: Opened): void;
}): UpgradeHandler {
  const { clock, domains, stages, connect, onOpen, onVanished } = options;
  const subprotocols = new WeakMap<IncomingMessage, string>();
  const warnOfForeignOrigin = createForeignOriginWarning();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MESSAGE_LIMIT,
    perMessageDeflate: false,
    // The connection sends pongs itself, and limits them.
    autoPong: false,
    handleProtocols: (_offered, request) => subprotocols.get(request) ?? false,
  });
  server.on("headers", (headers) => headers.push(`Date: ${new Date().toUTCString()}`));

  return async (request, socket, head) => {
    const unforwarded = loadBalancerRefusal(request);
    if (unforwarded !== undefined) return refuse(socket, unforwarded);
    const address = findStage(domains, stages, request);
    const published = address?.stage.current();
    if (address === undefined || published === undefined)
      return refuse(socket, refusal(403, "Forbidden"));
    const refused = handshakeRefusal(request);
    if (refused !== undefined) return refuse(socket, refused);

    warnOfForeignOrigin(request);
    const { stage, domainName = request.headers.host ?? "" } = address;
    const newcomer = factsOf(request, published, domainName, clock.now());
    const admission = await connect(published, newcomer, request);
    if (!admission.admitted) return refuse(socket, admission.refusal);

    const { facts, subprotocol } = admission;
    if (subprotocol !== undefined) subprotocols.set(request, subprotocol);
    let isOpen = false;
    server.handleUpgrade(request, socket, head, (webSocket) => {
      isOpen = true;
      onOpen(webSocket, socket, { facts, stage });
    });
    if (!isOpen) onVanished({ facts, stage });
  };
}

function findStage(
  domains: CustomDomains,
  stages: PublishedStages,
  { headers, url = "/" }: IncomingMessage,
): StageAddress | undefined {
  const target = domains.qualify(headers.host, url);
  const path = stagePathOf(target);
  if (path !== undefined) return stages.find(path);
  const name = stageNameOf(target);
  return name === undefined ? undefined : stages.findByName(name);
}

/** Our choice, because there is no source: the statuses and messages. */
function handshakeRefusal(request: IncomingMessage): Refusal | undefined {
  if ((request.url ?? "").length > URL_LIMIT) return refusal(414, "URI Too Long");
  return isOpeningHandshake(request) ? undefined : refusal(400, "Bad Request");
}

const refusal = (status: number, message: string): Refusal =>
  gatewayRefusal(status, newRequestId(), JSON.stringify({ message }));

function factsOf(
  { headers, socket }: IncomingMessage,
  { apiId, stage, ids }: PublishedStage,
  domainName: string,
  connectedAt: number,
): ConnectionFacts {
  const userAgent = headers["user-agent"];
  const { stageName, stageVariables = {} } = stage;
  return {
    connectionId: ids.connectionId(),
    apiId,
    stage: stageName,
    domainName,
    connectedAt,
    identity: {
      ...(userAgent !== undefined && { userAgent }),
      sourceIp: sourceIpOf(socket),
    },
    ...(Object.keys(stageVariables).length > 0 && { stageVariables }),
  };
}
