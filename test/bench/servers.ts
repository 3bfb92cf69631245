/**
 * Runs the server that its argument names in a separate process, to measure its memory and CPU time.
 * `server-process.ts` has the messages between the processes.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { optimizeEarly } from "@websocket-lambda/local-aws/command-options";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startLocalStack } from "../local-stack.ts";
import type { ServerMessage, ServerName, Usage } from "./server-process.ts";
import { type RunningServer, startTwoHops, startTwoProcesses } from "./two-hops.ts";

const servers: Record<ServerName, () => Promise<RunningServer>> = {
  async "local AWS"() {
    const aws = await startLocalStack({ spareProcesses: true });
    // As `npm start` does.
    optimizeEarly();
    liftThrottle(aws);
    return { url: aws.webSocketUrl("production"), close: () => aws.close() };
  },
  async "bare ws"() {
    const server = createServer();
    new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (socket) =>
      socket.on("message", (data, binary) => socket.send(data, { binary })),
    );
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    return { url: `ws://127.0.0.1:${port}`, close: async () => server.closeAllConnections() };
  },
  "two hops": startTwoHops,
  "two processes": startTwoProcesses,
};

/** Removes Terraform's limit of 500 messages per second from the stage. The quota of AWS remains. */
function liftThrottle({ state }: TestLocalAws): void {
  const { stages = {} } = state.regions["us-east-1"]?.apigateway.apis["websocket0"] ?? {};
  for (const stage of Object.values(stages)) {
    delete stage.defaultRouteSettings.throttlingRateLimit;
    delete stage.defaultRouteSettings.throttlingBurstLimit;
  }
}

function usage(): Usage {
  if (globalThis.gc === undefined) throw new Error("Start this process with --expose-gc.");
  const { user, system } = process.cpuUsage();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return { memory: heapUsed + external, cpu: (user + system) / 1000 };
}

const say = (message: ServerMessage) => process.send?.(message);

const [name] = process.argv.slice(2) as [ServerName];
const server = await servers[name]();
process.on("message", (question: "usage" | "end") => {
  if (question === "usage") say(usage());
  else void server.close().then(() => process.exit(0));
});
process.on("disconnect", () => process.exit(0));
say({ url: server.url });
