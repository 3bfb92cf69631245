import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { endianness } from "node:os";

/** Decides whether requests of a connection are accepted. */
export interface Peers {
  /** Whether the other end of the connection is a process of this user or of root. */
  admits(connection: Socket): Promise<boolean>;
}

/** The text of the response to a process of another user. */
export const REFUSED_PEER =
  "This local AWS belongs to another user of this machine. To accept requests from other users, start it with --allow-other-users.";

const admitted = Promise.resolve(true);

/** Admits every connection. */
export const allPeers: Peers = { admits: () => admitted };

const ROOT = 0;

/**
 * Refuses the connections of other users of this machine, because the local AWS runs code as the
 * user who started it. The kernel's tables of TCP connections contain the user of the other end.
 * Only Linux has these tables: without them every connection is admitted.
 *
 * A connection is looked up once, and its requests wait for the result.
 */
export function createPeers(): Peers {
  const own = process.getuid?.();
  const tables: Tables = { tcp: sharedRead("tcp"), tcp6: sharedRead("tcp6") };
  const decisions = new WeakMap<Socket, Promise<boolean>>();
  const decide = async (connection: Socket): Promise<boolean> => {
    const uid = await ownerOf(endsOf(connection), tables);
    return uid === own || uid === ROOT || uid === "unknown";
  };
  return {
    admits(connection) {
      const decision = decisions.get(connection) ?? decide(connection);
      decisions.set(connection, decision);
      return decision;
    },
  };
}

/** The two ends of a connection, as the server sees them. A socket forgets them when it closes. */
export type Ends = ReturnType<typeof endsOf>;

export const endsOf = (connection: Socket) => ({
  remoteAddress: connection.remoteAddress ?? "",
  remotePort: connection.remotePort ?? 0,
  localAddress: connection.localAddress ?? "",
  localPort: connection.localPort ?? 0,
});

/** Returns the kernel's tables of connections over IPv4 and IPv6; `undefined` for a missing table. */
export interface Tables {
  tcp(): Promise<string | undefined>;
  tcp6(): Promise<string | undefined>;
}

/**
 * Connections that are accepted at once share a read, which takes a millisecond or more. The kernel returns a
 * few rows at a time, so reading outside of the event loop would take twice the CPU time, on two threads.
 */
function sharedRead(name: keyof Tables): () => Promise<string | undefined> {
  let next: Promise<string | undefined> | undefined;
  return () =>
    (next ??= new Promise((resolve) => {
      setImmediate(() => {
        next = undefined;
        resolve(readTable(name));
      });
    }));
}

function readTable(name: keyof Tables): string | undefined {
  try {
    return readFileSync(`/proc/net/${name}`, "latin1");
  } catch {
    return undefined;
  }
}

/**
 * Returns the user ID of the other end of a connection: `"unknown"` if the system has no tables,
 * `undefined` if its process has already closed the connection. The kernel then shows root as the owner, and
 * no inode.
 * @see https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
 */
export async function ownerOf(ends: Ends, tables: Tables): Promise<number | "unknown" | undefined> {
  let tablesExist = false;
  // A client may reach an IPv4 address through a socket of IPv6, which is in the second table.
  for (const [name, write] of ends.remoteAddress === "::1" ? OVER_IPV6 : OVER_IPV4) {
    const table = await tables[name]();
    if (table === undefined) continue;
    tablesExist = true;
    const from = `${write(ends.remoteAddress)}:${port(ends.remotePort)}`;
    const row = ` ${from} ${write(ends.localAddress)}:${port(ends.localPort)} `;
    const start = table.indexOf(row);
    if (start < 0) continue;
    const rest = table.slice(start + row.length, start + row.length + 200);
    const [, , , , uid, , inode] = rest.split(/\s+/);
    return inode === "0" ? undefined : Number(uid);
  }
  return tablesExist ? undefined : "unknown";
}

const port = (number: number) => number.toString(16).toUpperCase().padStart(4, "0");

/** An address of IPv4 as in `/proc/net/tcp`. */
const ipv4 = (address: string) => word(address.replace("::ffff:", "").split(".").map(Number));

/** As in `/proc/net/tcp6`: `::1`, or an address of IPv4 that a client reached through IPv6. */
const ipv6 = (address: string) =>
  address === "::1"
    ? "0".repeat(24) + word([0, 0, 0, 1])
    : "0".repeat(16) + word([0, 0, 0xff, 0xff]) + ipv4(address);

/** Four bytes as the kernel writes them: as one number, in the byte order of the machine. */
function word(bytes: readonly number[]): string {
  const buffer = Buffer.from(endianness() === "LE" ? bytes.toReversed() : bytes);
  return buffer.toString("hex").toUpperCase();
}

const OVER_IPV6 = [["tcp6", ipv6]] as const;
const OVER_IPV4 = [["tcp", ipv4], ...OVER_IPV6] as const;
