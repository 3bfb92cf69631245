import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** A request to open a connection: `/_aws/execute-api/{apiId}/{stage}`. */
export function parseTarget(
  request: IncomingMessage,
): { apiId: string; stage: string } | undefined {
  const [, apiId, stage] =
    /^\/_aws\/execute-api\/([^/?]+)\/([^/?]+)\/?(?:\?|$)/.exec(request.url ?? "") ?? [];
  return apiId === undefined || stage === undefined ? undefined : { apiId, stage };
}

/** Whether the request is an opening handshake after RFC 6455, section 4.2.1. */
export function isOpeningHandshake({ method, headers }: IncomingMessage): boolean {
  return (
    method === "GET" &&
    headers.upgrade?.toLowerCase() === "websocket" &&
    headers["sec-websocket-version"] === "13" &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers["sec-websocket-key"] ?? "")
  );
}

/** Answers a handshake with anything but 101, in API Gateway's form. */
export function refuse(socket: Duplex, status: number, requestId: string, body: string): void {
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    `Date: ${new Date().toUTCString()}`,
    "Content-Type: application/json; charset=UTF-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: keep-alive",
    `x-amz-apigw-id: ${requestId}`,
  ];
  socket.end(`${headers.join("\r\n")}\r\n\r\n${body}`);
}
