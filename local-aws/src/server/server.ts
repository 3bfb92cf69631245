import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import type { Duplex } from "node:stream";
import type { Iam } from "../iam/index.ts";
import type { Authentication } from "../iam/signed-request.ts";
import { reportError } from "../report-error.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { errorResponse } from "../protocols/error-response.ts";
import { acceptHttp2 } from "./http2.ts";
import { missingService, signingNameOf } from "../protocols/missing-service.ts";
import { hasForeignOrigin, hasLoopbackHost } from "./loopback.ts";
import type { AwsResponse, Middleware, Service } from "../protocols/operation.ts";
import { allPeers, createPeers, REFUSED_PEER } from "./peers.ts";
import { sourceIpOf } from "./source-ip.ts";

/** The maximum bytes of a request. A function's zip file can have 50 MB, and is in base64. */
const BODY_LIMIT = 70 * 1024 * 1024;
const TOO_LARGE = `The request body exceeds ${BODY_LIMIT} bytes.`;

/** Handles an unsigned GET request, or a POST request if it is an action, that is not for an AWS service. */
export type Page = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/**
 * Creates the HTTP server of a local AWS. A request goes to the service that it was signed for. A
 * request for the host name of another machine gets no response, except for the host of an API, by which
 * clients reach the service `execute-api` alone. Requests from pages of other sites are refused. So are
 * requests of other users for pages or with the administrator's key.
 * @param options.services by signing name, such as `execute-api`.
 * @param options.middleware runs around each operation of each service. Default: none.
 * @param options.pages by path, such as `/favicon.ico`.
 * @param options.actions by path: pages that change something, for POST requests. Default: none.
 * @param options.upgrade takes WebSocket handshakes, which any client may send, as on AWS.
 * @param options.isApiHost whether a `Host` header names a custom domain name or the default endpoint of an
 * API. Default: none does.
 * @param options.allowOtherUsers whether processes of other users get pages and may send requests of
 * the administrator. Default: no.
 */
export function createAwsServer(options: {
  iam: Pick<Iam, "authenticate">;
  services: Readonly<Record<string, Service>>;
  middleware?: readonly Middleware[];
  pages?: Readonly<Record<string, Page>>;
  actions?: Readonly<Record<string, Page>>;
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  isApiHost?(host: string | undefined): boolean;
  allowOtherUsers?: boolean;
}): Server {
  const { iam, services, middleware = [], pages = {}, actions = {}, upgrade } = options;
  const { isApiHost = () => false, allowOtherUsers = false } = options;
  const peers = allowOtherUsers ? allPeers : createPeers();
  const pageOf = (request: IncomingMessage) => {
    const { method, url = "/", headers } = request;
    // Signed requests of some services go to `/`, where a page may be as well.
    const isSigned = headers.authorization !== undefined || url.includes("X-Amz-Signature=");
    const served = method === "GET" ? pages : method === "POST" ? actions : {};
    if (isSigned || hasForeignOrigin(request) || isApiHost(headers.host)) return undefined;
    const [path = "/"] = url.split("?", 1);
    return Object.hasOwn(served, path) ? served[path] : undefined;
  };

  const responseTo = async (
    request: IncomingMessage,
    requestId: string,
    signal: () => AbortSignal,
  ): Promise<AwsResponse> => {
    if (hasForeignOrigin(request))
      throw new AwsError(
        403,
        "AccessDeniedException",
        "Requests from pages of other sites are not allowed.",
      );
    const { method = "GET", url = "/" } = request;
    const headers = headersOf(request);
    const body = await readBody(request);
    const [path = "/", query = ""] = url.split("?", 2);
    let signed: Authentication;
    try {
      signed = await iam.authenticate({ method, url, headers, body });
    } catch (error) {
      // S3 signs in another way, and its clients need to know that it is missing.
      const isMismatch = error instanceof AwsError && error.code === "InvalidSignatureException";
      const named = signingNameOf(headers["authorization"]);
      if (!isMismatch || named === undefined || Object.hasOwn(services, named)) throw error;
      throw missingService(named, { method, path, headers, body });
    }
    // Every user of the machine knows the administrator's secret; only functions know those of roles.
    if (signed.caller.type === "administrator" && !(await peers.admits(request.socket)))
      throw refusedPeer();
    if (signed.service !== "execute-api" && isApiHost(headers["host"])) throw wrongService();
    const service = Object.hasOwn(services, signed.service) ? services[signed.service] : undefined;
    if (service === undefined)
      throw missingService(signed.service, { method, path, headers, body });
    const { region, caller } = signed;
    return await service(
      {
        method,
        path,
        query: query === "" ? NO_PARAMETERS : new URLSearchParams(query),
        headers,
        body,
        region,
        caller,
        sourceIp: sourceIpOf(request.socket),
        requestId,
        signal,
      },
      middleware,
    );
  };
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const page = pageOf(request);
    if (page !== undefined) {
      if (await peers.admits(request.socket)) await serve(page, request, response);
      else response.writeHead(403, { "Content-Type": "text/plain" }).end(REFUSED_PEER);
      return;
    }
    const requestId = randomUUID();
    const awsResponse = await responseTo(request, requestId, () => signalOf(response)).catch(
      (error: unknown) => errorResponse(error, headersOf(request), requestId),
    );
    send(response, requestId, awsResponse);
  };

  const isServed = (request: IncomingMessage) =>
    hasLoopbackHost(request) || isApiHost(request.headers.host);
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    if (isServed(request)) respond(request, response).catch(() => response.destroy());
    else request.socket.destroy();
  };
  const server = createServer(OPTIONS, listener);
  acceptHttp2(server, listener);
  if (upgrade !== undefined)
    server.on("upgrade", (request, socket, head) => {
      socket.on("error", () => socket.destroy());
      if (isServed(request)) upgrade(request, socket, head).catch(() => socket.destroy());
      else socket.destroy();
    });
  return server;
}

/**
 * A server may ignore other protocols, such as `h2c` of curl and Java. Node.js before 22.21 does not know the
 * option: it also passes those requests to the handshake, which refuses them.
 * @see https://www.rfc-editor.org/rfc/rfc9110.html#section-7.8
 */
const OPTIONS: ServerOptions & { shouldUpgradeCallback(request: IncomingMessage): boolean } = {
  shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
};

/** Shared by the many requests without a query string. No service changes the parameters. */
const NO_PARAMETERS = new URLSearchParams();

/**
 * Returns a signal that is aborted when the client disconnects before it has its response. It is created
 * only for the few operations that need it.
 */
function signalOf(response: ServerResponse): AbortSignal {
  const client = new AbortController();
  // After the response, nothing listens to the signal, so no error with an expensive stack is created.
  const onClose = () => {
    if (!response.writableFinished) client.abort();
  };
  if (response.closed) onClose();
  else response.once("close", onClose);
  return client.signal;
}

const wrongService = () =>
  new AwsError(
    403,
    "InvalidSignatureException",
    "Credential should be scoped to correct service: 'execute-api'.",
  );

const refusedPeer = () => new AwsError(403, "AccessDeniedException", REFUSED_PEER);

/**
 * Returns the headers by name in lower case. The object has no prototype, because clients choose names
 * that are looked up in it: those of the headers that they signed.
 */
function headersOf({ headers }: IncomingMessage): Record<string, string | undefined> {
  const { "set-cookie": cookies, ...texts } = headers;
  return Object.assign(Object.create(null), texts, cookies && { "set-cookie": cookies.join(",") });
}

/** Runs a page. An error ends only the response of the page. */
async function serve(page: Page, request: IncomingMessage, response: ServerResponse) {
  try {
    await page(request, response);
  } catch (error) {
    reportError(error);
    response.destroy();
  }
}

/** Reads the body with events, because the async iterator is slower than the check of the signature. */
function readBody(request: IncomingMessage): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= BODY_LIMIT) chunks.push(chunk);
    else reject(new AwsError(413, "RequestEntityTooLargeException", TOO_LARGE));
  });
  request.once("end", () => resolve(Buffer.concat(chunks, length)));
  request.once("error", reject);
  return promise;
}

function send(response: ServerResponse, requestId: string, awsResponse: AwsResponse): void {
  const { status, headers, body = "" } = awsResponse;
  response.writeHead(status, {
    ...(status === 204 ? {} : { "Content-Length": Buffer.byteLength(body) }),
    "x-amzn-RequestId": requestId,
    ...headers,
  });
  response.end(body);
}
