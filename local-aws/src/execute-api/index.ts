import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Clock } from "../clock.ts";
import type { Service } from "../protocols/operation.ts";
import type { Iam } from "../iam/index.ts";
import type { Lambda } from "../lambda/index.ts";
import type { Logs } from "../logs/index.ts";
import type { State } from "../state.ts";
import { createAccessLog } from "./access-log.ts";
import { createRouteAuthorizer } from "./authorize.ts";
import { createConnectHandler } from "./connect.ts";
import { ABNORMAL, type Connection, createConnection } from "./connection.ts";
import { type CustomDomains, createCustomDomains } from "./custom-domains.ts";
import { createDisconnectHandler } from "./disconnect.ts";
import type { Close } from "./events.ts";
import { createIntegrator } from "./integration.ts";
import { createManagementApi } from "./management-api.ts";
import { dispatchMessages } from "./message-flow.ts";
import { createPublishedStages } from "./published-stages.ts";
import { createMessageHandler, type MessageHandler } from "./receive.ts";
import { reportError } from "../report-error.ts";
import { createThrottling } from "./throttling.ts";
import { createUpgradeHandler, type Opened, type UpgradeHandler } from "./upgrade.ts";
import { type Hooks, noHooks } from "../hooks.ts";

/** The data plane of WebSocket APIs, to which clients and backends connect. */
export interface ExecuteApi {
  /** `@connections`. */
  service: Service;
  /** Returns whether a `Host` header names an API or a custom domain name. */
  isApiHost(host: string | undefined): boolean;
  /** Handles an HTTP upgrade: opens a connection or refuses it. */
  upgrade: UpgradeHandler;
  /** Returns how many connections are open. */
  count(): number;
  /** Drops the TCP connection of a client without a closing handshake. */
  drop(connectionId: string): void;
  /** Drops every connection without running `$disconnect`, and refuses new ones. */
  close(): void;
}

/**
 * Creates the data plane. `upgrade.ts` handles the handshake of a client: it calls `connect.ts`, which
 * calls `authorize.ts` for the authorizer. Messages go through `message-flow.ts`, `receive.ts` and
 * `integration.ts` to the function. `disconnect.ts` handles the end of a connection.
 */
export function createExecuteApi(options: {
  state: State;
  clock: Clock;
  iam: Iam;
  lambda: Pick<Lambda, "invokeAs">;
  logs: Pick<Logs, "write">;
  /** Default: none. */
  hooks?: Hooks;
}): ExecuteApi {
  const { state, clock, hooks = noHooks } = options;
  const domains = createCustomDomains(state);
  const parts = {
    ...options,
    hooks,
    domains,
    stages: createPublishedStages(state, domains),
    throttling: createThrottling(clock),
    authorize: createRouteAuthorizer({ ...options, hooks }),
    integrate: createIntegrator(options),
    accessLog: createAccessLog(options),
  };
  const connections = new Map<string, Connection>();
  const sockets = new Set<Duplex>();
  let isClosed = false;

  const connect = createConnectHandler(parts);
  const receive = reportingErrors(createMessageHandler(parts));
  const disconnect = createDisconnectHandler(parts);

  const end = ({ facts, stage }: Opened, close: Close) => {
    connections.delete(facts.connectionId);
    if (!isClosed) disconnect(stage, facts, close).catch((error: unknown) => reportError(error));
  };

  const upgrade = createUpgradeHandler({
    ...parts,
    connect,
    onOpen(webSocket: WebSocket, socket, opened) {
      const connection = createConnection(webSocket, socket, opened, clock, (close) =>
        end(opened, close),
      );
      connections.set(opened.facts.connectionId, connection);
      dispatchMessages(webSocket, socket, connection, receive);
    },
    // Our choice, because there is no source: `$disconnect` runs, to undo the effects of `$connect`.
    onVanished: (opened) => end(opened, ABNORMAL),
  });

  return {
    service: onDomains(domains, createManagementApi({ ...parts, connections })),
    isApiHost: domains.isApiHost,
    async upgrade(request, socket, head) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      try {
        if (isClosed) socket.destroy();
        else await upgrade(request, socket, head);
      } catch (error) {
        reportError(error);
        socket.destroy();
      }
    },
    count: () => connections.size,
    drop: (connectionId) => connections.get(connectionId)?.drop(),
    close() {
      isClosed = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A service that also gets requests for custom domain names. */
const onDomains =
  (domains: CustomDomains, service: Service): Service =>
  (request, middleware) =>
    service(
      { ...request, path: domains.qualify(request.headers["host"], request.path) },
      middleware,
    );

/** Closes only the connection in which an internal error occurs. */
const reportingErrors =
  (receive: MessageHandler): MessageHandler =>
  async (connection, body) => {
    try {
      await receive(connection, body);
    } catch (error) {
      reportError(error);
      connection.close(1011, "Internal server error");
    }
  };
