import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A stub of Lambda and `@connections`, which accepts each call and sends an empty response. */
export interface StubAws {
  readonly endpoint: string;
  close(): void;
}

export interface StubCalls {
  /** An asynchronous invocation. */
  onInvoke?(payload: string): void;
  onPost?(connectionId: string, data: string): void;
}

export async function startStubAws({ onInvoke, onPost }: StubCalls = {}): Promise<StubAws> {
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const [, connectionId] = /\/@connections\/(.+)$/.exec(request.url ?? "") ?? [];
    if (connectionId === undefined) onInvoke?.(body);
    else onPost?.(decodeURIComponent(connectionId), body);
    response.writeHead(connectionId === undefined ? 202 : 200, { "Content-Length": 0 }).end();
  };
  const server = createServer((request, response) => void respond(request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The environment variables that Lambda sets for the functions. */
export const functionVariables = (endpoint: string): Record<string, string> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_SESSION_TOKEN: "test",
  AWS_LAMBDA_FUNCTION_NAME: "bench",
  AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
  MANAGEMENT_ENDPOINT: `${endpoint}/stage`,
  PROCESSOR_FUNCTION_NAME: "the-processor",
});
