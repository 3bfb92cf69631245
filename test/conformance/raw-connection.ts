import { once } from "node:events";
import type { ClientRequestArgs } from "node:http";
import { connect as connectTcp, type TcpNetConnectOpts } from "node:net";
import { connect as connectTls } from "node:tls";
import WebSocket, { type ClientOptions } from "ws";
import { type Client, connect } from "../e2e/client.ts";

/** A client's connection and the bytes that it received. */
export interface RawConnection {
  client: Client;
  /** The lines of the response to the upgrade. */
  head(): string[];
  /** The payload lengths of the frames after it, in order. */
  frameLengths(): number[];
}

/** Connects, and records every byte that AWS sends. */
export async function connectRaw(url: string, options: ClientOptions = {}): Promise<RawConnection> {
  const chunks: Buffer[] = [];
  const createConnection = ({ host = "", port }: TcpNetConnectOpts) => {
    const target = { host, port, servername: host };
    const socket = url.startsWith("wss:") ? connectTls(target) : connectTcp(target);
    return socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  };
  const client = await connect(url, {
    ...options,
    // The type is that of an overloaded function, of which only this form is called.
    createConnection: createConnection as typeof connectTcp,
  });
  const split = () => {
    const bytes = Buffer.concat(chunks);
    const end = bytes.indexOf("\r\n\r\n");
    return { head: bytes.subarray(0, end).toString(), frames: bytes.subarray(end + 4) };
  };
  return {
    client,
    head: () => split().head.split("\r\n"),
    frameLengths: () => frameLengths(split().frames),
  };
}

/** RFC 6455, section 5.2: frames of a server are not masked. */
function frameLengths(bytes: Buffer): number[] {
  const lengths: number[] = [];
  for (let start = 0; start + 2 <= bytes.length;) {
    const short = bytes.readUInt8(start + 1);
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (start + header > bytes.length) break;
    const long = () =>
      short === 126 ? bytes.readUInt16BE(start + 2) : Number(bytes.readBigUInt64BE(start + 2));
    const length = short < 126 ? short : long();
    lengths.push(length);
    start += header + length;
  }
  return lengths;
}

/** The response that refuses a connection. */
export interface RefusedConnection {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Connects, expects a refusal and returns it. */
export async function connectRefused(
  url: string,
  options: Pick<ClientRequestArgs, "headers"> = {},
): Promise<RefusedConnection> {
  const socket = new WebSocket(url, { perMessageDeflate: false, ...options });
  // The library reports an error for a socket that is terminated before it is open.
  socket.on("error", () => {});
  const [, response] = await once(socket, "unexpected-response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  socket.terminate();
  const { statusCode: status, headers } = response;
  return { status, headers, body: Buffer.concat(chunks).toString() };
}

/** Connects with several subprotocols. Returns the selected one. */
export async function negotiateSubprotocol(url: string, offered: string[]): Promise<string> {
  const socket = new WebSocket(url, offered);
  await once(socket, "open");
  socket.terminate();
  return socket.protocol;
}
