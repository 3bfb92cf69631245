import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type TcpSocketConnectOpts,
} from "node:net";
import { networkInterfaces } from "node:os";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Caller } from "../protocols/caller.ts";
import { endsOf, ownerOf, type Tables } from "./peers.ts";
import { createAwsServer } from "./server.ts";

const hasTables = existsSync("/proc/net/tcp");
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === "::1");
const read = (name: string) => readFile(`/proc/net/${name}`, "latin1").catch(() => undefined);
const tables: Tables = { tcp: () => read("tcp"), tcp6: () => read("tcp6") };

/** Opens a connection. Returns both of its ends. */
async function connection(host: string, options: Partial<TcpSocketConnectOpts> = {}) {
  const server = createTcpServer();
  await once(server.listen(0, host), "listening");
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host, ...options });
  const [[socket]] = await Promise.all([accepted, once(client, "connect")]);
  onTestFinished(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  return { client, socket };
}

describe.skipIf(!hasTables)("ownerOf, on Linux", () => {
  test("finds this process behind a connection over IPv4", async () => {
    const { socket } = await connection("127.0.0.1");
    expect(await ownerOf(endsOf(socket), tables)).toBe(process.getuid?.());
  });

  test.skipIf(!hasIpv6)(
    "finds this process behind a connection over IPv6, if the machine has IPv6",
    async () => {
      const { socket } = await connection("::1");
      expect(await ownerOf(endsOf(socket), tables)).toBe(process.getuid?.());
    },
  );

  test.skipIf(!hasIpv6)("finds this process behind an IPv6 socket to an IPv4 address", async () => {
    const { socket } = await connection("127.0.0.1", { host: "::ffff:127.0.0.1", family: 6 });
    expect(await ownerOf(endsOf(socket), tables)).toBe(process.getuid?.());
  });

  test("finds no process behind a connection that its process has closed", async () => {
    const { client, socket } = await connection("127.0.0.1");
    const ended = once(socket.resume(), "end");
    const ends = endsOf(socket);
    client.destroy();
    await ended;
    expect(await ownerOf(ends, tables)).toBeUndefined();
  });

  test("reads the user from the row of exactly this connection", async () => {
    const { socket } = await connection("127.0.0.1");
    const others = (await read("tcp"))?.replaceAll(/^( *\d+:(?: \S+){5} +\S+ +)\d+/gm, "$14242");
    expect(await ownerOf(endsOf(socket), { ...tables, tcp: async () => others })).toBe(4242);
    const ends = endsOf(socket);
    expect(await ownerOf({ ...ends, remotePort: 1 }, tables)).toBeUndefined();
    expect(await ownerOf({ ...ends, remoteAddress: "127.0.0.2" }, tables)).toBeUndefined();
  });
});

test("ownerOf returns undefined if the system has no tables of connections", async () => {
  const none = async () => undefined;
  const { socket } = await connection("127.0.0.1");
  expect(await ownerOf(endsOf(socket), { tcp: none, tcp6: none })).toBe("unknown");
});

const NOBODY = { uid: 65_534, gid: 65_534 };
const canChangeUser = hasTables && process.getuid?.() === 0;

/** Sends a GET for the page, a POST and a handshake, and prints the statuses and the page. */
const CLIENT = `
  const base = process.argv[1];
  const page = await fetch(base + "/page");
  const signed = await fetch(base, { method: "POST", body: "{}" });
  const { request } = await import("node:http");
  const headers = { Connection: "Upgrade", Upgrade: "websocket" };
  const upgrade = await new Promise((resolve, reject) => {
    const sent = request(base + "/socket", { headers });
    sent.on("response", resolve).on("upgrade", resolve).on("error", reject).end();
  });
  const statuses = [page.status, signed.status, upgrade.statusCode];
  console.log(JSON.stringify({ statuses, text: await page.text() }));
  process.exit();
`;

/** @param user the user of the client. Default: this one. */
async function statusesAs(
  user: { uid?: number; gid?: number },
  options: { allowOtherUsers?: boolean; caller?: Caller["type"] } = {},
) {
  const { caller: type = "administrator", ...rest } = options;
  const server = createAwsServer({
    iam: {
      authenticate: () =>
        Promise.resolve({
          caller: { type, arn: "" } as Caller,
          service: "served",
          region: "us-east-1",
        }),
    },
    services: { served: () => Promise.resolve({ status: 200 }) },
    pages: { "/page": (_request, response) => void response.end("a page") },
    upgrade: (_request, socket) => {
      const lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Connection: Upgrade",
        "Upgrade: websocket",
      ];
      return Promise.resolve(void socket.write(`${lines.join("\r\n")}\r\n\r\n`));
    },
    ...rest,
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const args = ["--input-type=module", "--eval", CLIENT, base];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: "/",
    ...user,
  });
  return JSON.parse(stdout) as { statuses: number[]; text: string };
}

describe.skipIf(!canChangeUser)("a process of another user (needs Linux and root)", () => {
  test("cannot use pages and the administrator's requests, and gets the reason", async () => {
    const { statuses, text } = await statusesAs(NOBODY);
    expect(statuses).toEqual([403, 403, 101]);
    expect(text).toContain("--allow-other-users");
  });

  test("is served with the credentials of a role, which only a function has", async () => {
    const { statuses } = await statusesAs(NOBODY, { caller: "role" });
    expect(statuses).toEqual([403, 200, 101]);
  });

  test("is served if other users are allowed", async () => {
    const { statuses } = await statusesAs(NOBODY, { allowOtherUsers: true });
    expect(statuses).toEqual([200, 200, 101]);
  });
});

test("a process of this user is served", async () => {
  const { statuses, text } = await statusesAs({});
  expect(statuses).toEqual([200, 200, 101]);
  expect(text).toBe("a page");
});
