import { setTimeout as wait } from "node:timers/promises";
import { connect } from "./client.ts";

export interface SteadyOptions {
  /** The number of consecutive new connections that must get a reply. */
  inARow: number;
  /** Milliseconds between two connections. */
  interval: number;
  /** The time limit in milliseconds for a handshake, and for a reply. */
  replyTimeout: number;
  /** Milliseconds after which a failed connection is an error. */
  deadline: number;
}

export const DEFAULTS: SteadyOptions = {
  inARow: 20,
  interval: 500,
  replyTimeout: 10_000,
  deadline: 120_000,
};

/**
 * Waits until a stack replies on all new connections. For up to about a minute after a deployment, only
 * some of API Gateway's hosts have it, so a single reply is not enough.
 * @throws at the deadline, with the last failure as the cause.
 */
export async function waitUntilSteady(
  url: string,
  options: Partial<SteadyOptions> = {},
): Promise<void> {
  const { inARow, interval, replyTimeout, deadline } = { ...DEFAULTS, ...options };
  const end = performance.now() + deadline;
  for (let successes = 0; successes < inARow; await wait(interval)) {
    try {
      await exchange(url, replyTimeout);
      successes += 1;
    } catch (cause) {
      if (performance.now() > end)
        throw new Error(
          `${url} did not reply on ${inARow} connections in a row within ${deadline / 1000} s.`,
          { cause },
        );
      successes = 0;
    }
  }
}

/** Connects, gets a reply and disconnects. @param timeout milliseconds. */
async function exchange(url: string, timeout: number): Promise<void> {
  const client = await connect(url, { handshakeTimeout: timeout });
  const timer = setTimeout(() => client.socket.terminate(), timeout);
  try {
    const reply = await client.ask({ action: "echo" });
    if (reply.status !== "success") throw new Error(`The reply is ${JSON.stringify(reply)}.`);
  } finally {
    clearTimeout(timer);
    client.socket.close();
  }
}
