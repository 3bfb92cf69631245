import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Clock } from "../clock.ts";
import type { Service } from "../protocols/operation.ts";
import type { Iam } from "../iam/index.ts";
import type { Lambda } from "../lambda/index.ts";
import type { Logs } from "../logs/index.ts";
import type { State } from "../state.ts";
import { createAccessLog } from "./access-log.ts";
import { createAuthorize } from "./authorize.ts";
import { createConnect } from "./connect.ts";
import { ABNORMAL, type Connection, createConnection } from "./connection.ts";
import { createDisconnect } from "./disconnect.ts";
import type { Close, ConnectionFacts } from "./events.ts";
import { createIntegrate } from "./integration.ts";
import { createManagementApi } from "./management-api.ts";
import { letMessagesFlow } from "./message-flow.ts";
import { createFindStage } from "./published-stages.ts";
import { createReceive, type Receive } from "./receive.ts";
import { reportError } from "../report-error.ts";
import { createThrottling } from "./throttling.ts";
import { createUpgrade, type Upgrade } from "./upgrade.ts";
import { type Hooks, noHooks } from "../hooks.ts";

/** The data plane of WebSocket APIs: what clients and back ends connect to. */
export interface ExecuteApi {
  /** `@connections`. */
  service: Service;
  /** Takes an HTTP upgrade, and either opens a connection or refuses it. */
  upgrade: Upgrade;
  /** How many connections are open. */
  count(): number;
  /** Has a connection disappear, as when a client's network is gone. */
  cut(connectionId: string): void;
  /** Cuts every connection, and takes no new one. Nobody hears of it: there is no `$disconnect`. */
  close(): void;
}

/**
 * A client comes in by `upgrade.ts`, which asks `connect.ts`, and that an authorizer, where there is
 * one, by `authorize.ts`; its messages go by `message-flow.ts`,
 * `receive.ts` and `integration.ts` to their function; it leaves by `disconnect.ts`.
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
  const parts = {
    ...options,
    hooks,
    findStage: createFindStage(state),
    throttling: createThrottling(clock),
    authorize: createAuthorize({ ...options, hooks }),
    integrate: createIntegrate(options),
    accessLog: createAccessLog(options),
  };
  const connections = new Map<string, Connection>();
  const sockets = new Set<Duplex>();
  let isClosed = false;

  const connect = createConnect(parts);
  const receive = reportingFaults(createReceive(parts));
  const disconnect = createDisconnect(parts);

  const end = (facts: ConnectionFacts, close: Close) => {
    connections.delete(facts.connectionId);
    if (!isClosed) disconnect(facts, close).catch((error: unknown) => reportError(error));
  };

  const upgrade = createUpgrade({
    ...parts,
    connect,
    onOpen(webSocket: WebSocket, socket, facts) {
      const connection = createConnection(webSocket, facts, clock, (close) => end(facts, close));
      connections.set(facts.connectionId, connection);
      letMessagesFlow(webSocket, socket, connection, receive);
    },
    // Our choice, for want of a source: what $connect did for it is to be undone.
    onVanished: (facts) => end(facts, ABNORMAL),
  });

  return {
    service: createManagementApi({ ...parts, connections }),
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
    cut: (connectionId) => connections.get(connectionId)?.cut(),
    close() {
      isClosed = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A fault of our own ends the connection that met it, and nobody else's. */
const reportingFaults =
  (receive: Receive): Receive =>
  async (connection, body) => {
    try {
      await receive(connection, body);
    } catch (error) {
      reportError(error);
      connection.close(1011, "Internal server error");
    }
  };
