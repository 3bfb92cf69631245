import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import { CONTEXT, messageEvent } from "./events.ts";
import { createFunctionFiles } from "./function-files.ts";
import { functionVariables, startStubAws } from "./stub-aws.ts";

export interface RunningServer {
  url: string;
  close(): Promise<void>;
}

/** A function that is ready for events. */
interface LoadedFunction {
  /** Resolves when it has handled the event. */
  handle(event: object): Promise<unknown>;
  close(): void;
}

/** The minimal path of a message: a WebSocket server, both bundles, and their two calls of the SDK. */
export const startTwoHops = () => startPath({ load: loadHere, atATime: 4 });

/** The same with a process for each function, which isolates them like the local AWS. */
export const startTwoProcesses = () => startPath({ load: loadInProcess, atATime: 1 });

/** @param options.atATime limits concurrent events, which wait for an execution environment on Lambda. */
async function startPath(options: {
  load(file: string, variables: Record<string, string>): Promise<LoadedFunction>;
  atATime: number;
}): Promise<RunningServer> {
  const sockets = new Map<string, WebSocket>();
  const stub = await startStubAws({
    onInvoke: (payload) => processor.add(JSON.parse(payload)),
    onPost: (connectionId, data) => sockets.get(connectionId)?.send(data),
  });
  const variables = functionVariables(stub.endpoint);
  const files = await createFunctionFiles();
  const start = async (name: string) => {
    const loaded = await options.load(await files.bundle(name), variables);
    return { add: someAtATime(loaded, options.atATime), close: loaded.close };
  };
  const websocketHandler = await start("websocket-handler");
  const processor = await start("processor");
  await files.remove();

  const server = createServer();
  new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (socket) => {
    const connectionId = `c${sockets.size}`;
    sockets.set(connectionId, socket);
    socket.on("message", (data: Buffer) => {
      websocketHandler.add(messageEvent(data.toString(), connectionId));
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      websocketHandler.close();
      processor.close();
      server.closeAllConnections();
      stub.close();
    },
  };
}

async function loadHere(file: string, variables: Record<string, string>): Promise<LoadedFunction> {
  Object.assign(process.env, variables);
  console.info = () => {};
  const { handler } = createRequire(file)(file);
  return { handle: (event) => handler(event, CONTEXT), close() {} };
}

async function loadInProcess(
  file: string,
  variables: Record<string, string>,
): Promise<LoadedFunction> {
  const child = fork(join(import.meta.dirname, "serve-function.ts"), [file], {
    env: { ...process.env, ...variables },
  });
  await once(child, "message");
  return {
    async handle(event) {
      child.send(event);
      await once(child, "message");
    },
    close: () => void child.kill(),
  };
}

function someAtATime({ handle }: LoadedFunction, atATime: number): (event: object) => void {
  const waiting: object[] = [];
  let running = 0;
  const next = async () => {
    const event = waiting.shift();
    if (event === undefined) return;
    running += 1;
    await handle(event);
    running -= 1;
    void next();
  };
  return (event) => {
    waiting.push(event);
    if (running < atATime) void next();
  };
}
