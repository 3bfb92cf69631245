import { setTimeout as wait } from "node:timers/promises";
import { connect } from "./client.ts";

/** How long to wait for what. */
export interface Patience {
  /** How many new connections have to get their answer, one after the other. */
  inARow: number;
  /** Milliseconds between two of them. */
  interval: number;
  /** Milliseconds for each to open, and again for its answer. */
  answer: number;
  /** Milliseconds from the first on, after which a failure is the last. */
  deadline: number;
}

export const PATIENCE: Patience = {
  inARow: 20,
  interval: 500,
  answer: 10_000,
  deadline: 120_000,
};

/**
 * Resolves when a stack answers every new connection. For up to about a minute after a deployment, some
 * of API Gateway's machines have it and others don't, so one answer says nothing of the next.
 * @throws at the deadline, with the last failure as its cause.
 */
export async function untilSteady(url: string, patience: Partial<Patience> = {}): Promise<void> {
  const { inARow, interval, answer, deadline } = { ...PATIENCE, ...patience };
  const end = performance.now() + deadline;
  for (let answered = 0; answered < inARow; await wait(interval)) {
    try {
      await exchange(url, answer);
      answered += 1;
    } catch (cause) {
      if (performance.now() > end)
        throw new Error(
          `${url} has not answered ${inARow} connections in a row within ${deadline / 1000} s.`,
          { cause },
        );
      answered = 0;
    }
  }
}

/** Connects, gets an answer and leaves. */
async function exchange(url: string, patience: number): Promise<void> {
  const client = await connect(url, { handshakeTimeout: patience });
  const timer = setTimeout(() => client.socket.terminate(), patience);
  try {
    const reply = await client.ask({ action: "echo" });
    if (reply.status !== "success") throw new Error(`The answer is ${JSON.stringify(reply)}.`);
  } finally {
    clearTimeout(timer);
    client.socket.close();
  }
}
