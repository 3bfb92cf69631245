import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { EXECUTE_API_PATH } from "../execute-api-url.ts";

const TARGET = new RegExp(String.raw`^${EXECUTE_API_PATH}/([^?]+?)/?(?:\?|$)`);

/** Returns the path of a stage in the URL of a handshake: `/_aws/execute-api/{apiId}/{stageName}`. */
export const stagePathOf = (url: string): string | undefined => TARGET.exec(url)?.[1];

const STAGE_NAME = /^\/([^/?]+)\/?(?:\?|$)/;

/** Returns the name of a stage in the URL of a handshake that names no API: `/{stageName}`. */
export const stageNameOf = (url: string): string | undefined => STAGE_NAME.exec(url)?.[1];

/** Returns whether the request is an opening handshake after RFC 6455, section 4.2.1. */
export function isOpeningHandshake({ method, headers }: IncomingMessage): boolean {
  return (
    method === "GET" &&
    headers.upgrade?.toLowerCase() === "websocket" &&
    headers["sec-websocket-version"] === "13" &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers["sec-websocket-key"] ?? "") &&
    isSubprotocolList(headers["sec-websocket-protocol"])
  );
}

/** Returns whether a text is a token (RFC 9110, section 5.6.2). */
export const isToken = (text: string): boolean => /^[!#$%&'*+\-.^_`|~\w]+$/.test(text);

/** Returns whether all subprotocols of a list are tokens, without duplicates. */
function isSubprotocolList(header: string | undefined): boolean {
  if (header === undefined) return true;
  const names = header.split(",").map((name) => name.replaceAll(/^[ \t]+|[ \t]+$/g, ""));
  return names.every(isToken) && new Set(names).size === names.length;
}

/** A response to a handshake other than 101. */
export interface Refusal {
  status: number;
  /** Without `Date` and `Content-Length`. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/**
 * Returns a refusal by API Gateway.
 * @param body JSON, except for the body that a function returned.
 */
export const gatewayRefusal = (status: number, requestId: string, body: string): Refusal => ({
  status,
  headers: {
    "Content-Type": "application/json; charset=UTF-8",
    Connection: "keep-alive",
    "x-amz-apigw-id": requestId,
  },
  body,
});

/** The refusal by the load balancer in front of API Gateway, as captured. */
const LOAD_BALANCER_REFUSAL: Refusal = {
  status: 400,
  headers: { Server: "awselb/2.0", "Content-Type": "text/html", Connection: "close" },
  body: [
    "<html>",
    "<head><title>400 Bad Request</title></head>",
    "<body>",
    "<center><h1>400 Bad Request</h1></center>",
    "</body>",
    "</html>",
    "",
  ].join("\r\n"),
};

/**
 * Refuses a handshake with more than one `Authorization`, which never reaches API Gateway.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/apigateway/websocket_lambda_authorizers.json
 */
export function loadBalancerRefusal(request: IncomingMessage): Refusal | undefined {
  if (request.headers.authorization === undefined) return undefined;
  const { authorization = [] } = request.headersDistinct;
  return authorization.length > 1 ? LOAD_BALANCER_REFUSAL : undefined;
}

/** Writes the response to a refused handshake, and ends the TCP connection. */
export function refuse(socket: Duplex, { status, headers, body }: Refusal): void {
  const lines = Object.entries({
    Date: new Date().toUTCString(),
    ...headers,
    "Content-Length": Buffer.byteLength(body),
  }).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...lines].join("\r\n");
  socket.once("finish", () => socket.destroy());
  socket.end(`${head}\r\n\r\n${body}`);
}
