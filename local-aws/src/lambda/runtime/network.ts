/**
 * Directs the connections of a function's process. It is loaded before everything else, also in worker
 * threads and in Node.js processes that the function forks. It only replaces the start of a connection, so
 * a request on an open connection costs nothing.
 *
 * Functions build the URL of `@connections` in several ways, and all of them name a host of AWS, or use TLS
 * for the address of the local AWS. These connections go to the local AWS. The host name in their requests
 * stays the same, so their signatures stay valid. Other connections to AWS fail.
 */
import { isIP, Socket, type TcpNetConnectOpts } from "node:net";
import { DEFAULT_ENDPOINT_HOST, SCHEME_HOST } from "../../execute-api-url.ts";

export interface NetworkSettings {
  /** The port of the local AWS. */
  port: number;
  /** Its port for connections with TLS. */
  tlsPort: number;
  /** Names of hosts on AWS to which functions can connect. */
  allowedAwsHosts: readonly string[];
}

const AWS = /(^|\.)(amazonaws\.com(\.cn)?|api\.aws|on\.aws)$/;

const LOOPBACK = /^((.+\.)?localhost|127(\.\d+){3}|::1)$/;

/** `Socket.prototype.connect` with all of its forms. */
type Connect = (this: Socket, ...args: unknown[]) => Socket;
type Options = Omit<TcpNetConnectOpts, "port"> & {
  /** A URL has a string. */
  port: number | string;
  rejectUnauthorized?: boolean;
};

export function directConnections(settings: NetworkSettings): void {
  const connect = Socket.prototype.connect as Connect;

  const toLocalAws = (socket: Socket, options: Options, callback: unknown) => {
    const port = isSecure(socket) ? settings.tlsPort : settings.port;
    // The certificate of the local AWS has none of the names. `tls.connect` reads this option later.
    if (isSecure(socket)) options.rejectUnauthorized = false;
    return connect.call(socket, { ...options, host: "127.0.0.1", port }, callback);
  };

  function directed(this: Socket, ...args: unknown[]): Socket {
    const [options, callback] = readArguments(args);
    if (options === undefined) return connect.apply(this, args);
    const host = (options.host ?? "localhost").toLowerCase().replace(/\.$/, "");
    if (LOOPBACK.test(host)) {
      const isLocalAws = isSecure(this) && Number(options.port) === settings.port;
      return isLocalAws ? toLocalAws(this, options, callback) : connect.apply(this, args);
    }
    if (isIP(host) !== 0 || settings.allowedAwsHosts.includes(host))
      return connect.apply(this, args);
    if (DEFAULT_ENDPOINT_HOST.test(host) || (host === SCHEME_HOST && isSecure(this)))
      return toLocalAws(this, options, callback);
    // Written data waits for the connection.
    Object.assign(this, { connecting: true });
    if (AWS.test(host)) process.nextTick(() => this.destroy(refused(host)));
    else
      askForDomain(host, settings.port, connect, (isCustomDomain) => {
        if (this.destroyed) return;
        if (isCustomDomain) toLocalAws(this, options, callback);
        else connect.apply(this, args);
      });
    return this;
  }
  Object.assign(Socket.prototype, { connect: directed });
}

const isSecure = (socket: Socket): boolean => "encrypted" in socket && socket.encrypted === true;

/**
 * Returns the options and the callback of a call, in each of its forms. The options are undefined for a
 * socket of the file system.
 */
function readArguments(args: unknown[]): [options: Options | undefined, callback: unknown] {
  const [first, second, third] = args;
  // `net.connect` and `tls.connect` pass the arguments as one array.
  if (Array.isArray(first)) return readArguments(first);
  if (typeof first === "object" && first !== null) {
    const options = first as Options & { path?: unknown };
    return [typeof options.path === "string" ? undefined : options, second];
  }
  if (Number.isNaN(Number(first))) return [undefined, undefined];
  return typeof second === "string"
    ? [{ port: Number(first), host: second }, third]
    : [{ port: Number(first) }, second];
}

const refused = (host: string): Error =>
  Object.assign(
    new Error(
      `The function connects to ${host}, which is on AWS. The local AWS does not allow that. Use AWS_ENDPOINT_URL as the endpoint, or start the local AWS with --allow-aws-host ${host}.`,
    ),
    { code: "ERR_LOCAL_AWS_HOST" },
  );

/**
 * Asks the local AWS whether a host is one of its custom domain names. It responds only to its own names.
 * @param onAnswer called once.
 */
function askForDomain(
  host: string,
  port: number,
  connect: Connect,
  onAnswer: (isCustomDomain: boolean) => void,
): void {
  const socket = new Socket();
  let hasResponse = false;
  socket.once("data", () => {
    hasResponse = true;
    socket.destroy();
  });
  // The event `close` follows.
  socket.once("error", () => {});
  socket.once("close", () => onAnswer(hasResponse));
  connect.call(socket, { host: "127.0.0.1", port });
  socket.write(`HEAD / HTTP/1.1\r\nHost: ${encodeURIComponent(host)}\r\n\r\n`);
}
