import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { EXECUTE_API_PATH } from "../execute-api-url.ts";

const TARGET = new RegExp(String.raw`^${EXECUTE_API_PATH}/([^?]+?)/?(?:\?|$)`);

/** The path of a stage in the URL of a handshake: `/_aws/execute-api/{apiId}/{stageName}`. */
export const stagePathOf = (url: string): string | undefined => TARGET.exec(url)?.[1];

/** Whether the request is an opening handshake after RFC 6455, section 4.2.1. */
export function isOpeningHandshake({ method, headers }: IncomingMessage): boolean {
  return (
    method === "GET" &&
    headers.upgrade?.toLowerCase() === "websocket" &&
    headers["sec-websocket-version"] === "13" &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers["sec-websocket-key"] ?? "") &&
    isSubprotocolList(headers["sec-websocket-protocol"])
  );
}

/** RFC 9110, section 5.6.2. */
export const isToken = (text: string): boolean => /^[!#$%&'*+\-.^_`|~\w]+$/.test(text);

/** Whether a list names every subprotocol once, each a token. */
function isSubprotocolList(header: string | undefined): boolean {
  if (header === undefined) return true;
  const names = header.split(",").map((name) => name.replaceAll(/^[ \t]+|[ \t]+$/g, ""));
  return names.every(isToken) && new Set(names).size === names.length;
}

/** An answer to a handshake other than 101. */
export interface Refusal {
  status: number;
  requestId: string;
  /** JSON, unless a function has other ideas. */
  body: string;
}

/** Answers in API Gateway's form, and ends the TCP connection. */
export function refuse(socket: Duplex, { status, requestId, body }: Refusal): void {
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    `Date: ${new Date().toUTCString()}`,
    "Content-Type: application/json; charset=UTF-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: keep-alive",
    `x-amz-apigw-id: ${requestId}`,
  ];
  socket.once("finish", () => socket.destroy());
  socket.end(`${headers.join("\r\n")}\r\n\r\n${body}`);
}
