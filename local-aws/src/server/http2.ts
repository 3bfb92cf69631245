import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { Http2Server } from "node:http2";
import type { Socket } from "node:net";

/** What `node:http` adds to an error of its parser. */
type ParserError = Error & { code?: string; rawPacket?: Buffer };

/**
 * Lets an HTTP server accept HTTP/2 without TLS too. The SDK clients of some services, such as Bedrock and
 * Kinesis, start with it, and have no other way to read an error. HTTP/2 is loaded with the first such
 * connection: the parser of HTTP/1.1 stops at its first bytes.
 */
export function acceptHttp2(server: Server, listener: RequestListener): void {
  let http2: Http2Server | undefined;
  server.on("clientError", (error: ParserError, socket: Socket) => {
    const { code, rawPacket } = error;
    if (code !== "HPE_PAUSED_H2_UPGRADE") return rejectRequest(code, socket);
    // These are of the parser.
    socket.removeAllListeners("data");
    socket.pause();
    socket.unshift(rawPacket);
    http2 ??= createHttp2Server(listener);
    http2.emit("connection", socket);
  });
}

/** A server that does not listen itself. */
function createHttp2Server(listener: RequestListener): Http2Server {
  // Until it has its new owner, the socket still feeds the parser: there is no time for an import.
  const { createServer } = process.getBuiltinModule("node:http2");
  const server = createServer((request, response) => {
    request.headers.host ??= request.headers[":authority"];
    // Node.js gives requests and responses of HTTP/2 the members of those of HTTP/1.1 for this use.
    listener(request as unknown as IncomingMessage, response as unknown as HttpResponse);
  });
  return server.on("sessionError", () => {});
}

type HttpResponse = ServerResponse & { req: IncomingMessage };

/** Does what Node.js does for an invalid request when there is no listener. */
function rejectRequest(code: string | undefined, socket: Socket): void {
  if (socket.writable && code !== "ECONNRESET")
    socket.write(
      `HTTP/1.1 ${STATUS[code ?? ""] ?? "400 Bad Request"}\r\nConnection: close\r\n\r\n`,
    );
  socket.destroy();
}

const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};
