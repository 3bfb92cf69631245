import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { CONTEXT, messageEvent } from "./events.ts";
import { createFunctionFiles } from "./function-files.ts";
import { functionVariables, startStubAws } from "./stub-aws.ts";

/** The number of environments that the local AWS has per function on two cores. */
const AT_A_TIME = 4;

/**
 * The minimal path of a message, in this process: a WebSocket server, both bundles, and their two calls
 * of the SDK.
 */
export async function startTwoHops(): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Map<string, WebSocket>();
  const stub = await startStubAws({
    onInvoke: (payload) => processor(JSON.parse(payload)),
    onPost: (connectionId, data) => sockets.get(connectionId)?.send(data),
  });
  Object.assign(process.env, functionVariables(stub.endpoint));
  console.info = () => {};
  const files = await createFunctionFiles();
  const load = async (name: string) => {
    const file = await files.bundle(name);
    const { handler } = createRequire(file)(file);
    return someAtATime((event: object) => handler(event, CONTEXT));
  };
  const websocketHandler = await load("websocket-handler");
  const processor = await load("processor");
  await files.remove();

  const server = createServer();
  new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (socket) => {
    const connectionId = `c${sockets.size}`;
    sockets.set(connectionId, socket);
    socket.on("message", (data: Buffer) => {
      websocketHandler(messageEvent(data.toString(), connectionId));
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      stub.close();
    },
  };
}

/** Limits concurrent calls, as events wait for an execution environment. */
function someAtATime(call: (event: object) => Promise<unknown>): (event: object) => void {
  const waiting: object[] = [];
  let running = 0;
  const next = async () => {
    const event = waiting.shift();
    if (event === undefined) return;
    running += 1;
    await call(event);
    running -= 1;
    void next();
  };
  return (event) => {
    waiting.push(event);
    if (running < AT_A_TIME) void next();
  };
}
