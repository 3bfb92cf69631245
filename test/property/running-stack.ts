import { expect } from "vitest";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "../test-stack.ts";
import { type Client, connect } from "../e2e/client.ts";
import type { LogLine } from "../e2e/log-watch.ts";

const FRAME_LIMIT = 32 * 1024;
const CONNECTIONS = 4;
const ENVIRONMENTS = 2;

/** A stack whose functions have started all the environments that they may have. */
export interface RunningStack {
  /** Opens some connections, for the length of a test. */
  converse(): Promise<Conversation>;
  close(): Promise<void>;
}

export interface Conversation {
  /**
   * Sends a message over one of the connections, in frames, and gives the one frame that answers it.
   * Expects that no other connection gets anything, that no error is logged, and that no process of a
   * function ended.
   */
  ask(connection: number, text: string, cuts: readonly number[]): Promise<string>;
  /** Expects that nothing more comes. */
  end(): Promise<void>;
}

export async function startRunningStack(): Promise<RunningStack> {
  const aws = await startTestStack({ environmentsPerFunction: ENVIRONMENTS });
  const { lines } = aws.logs;
  await warmUp(await connectAll(aws), lines);
  /** How many lines have been looked at. */
  let seen = lines.length;

  const expectCalm = (clients: readonly Client[]) => {
    const failures = lines.slice(seen).filter((line) => isError(line) || isEndOfProcess(line));
    seen = lines.length;
    expect(failures).toEqual([]);
    expect(clients.flatMap((client) => client.unread())).toEqual([]);
  };
  return {
    async converse() {
      const clients = await connectAll(aws);
      const exchange = async (connection: number, text: string, cuts: readonly number[]) => {
        const client = clients[connection % clients.length];
        if (client === undefined) throw new Error("There is no connection.");
        sendInFrames(client, Buffer.from(text), cuts);
        const frame = await client.nextText();
        expectCalm(clients);
        return frame;
      };
      let latest: Promise<string> | undefined;
      return {
        ask(...message) {
          latest = exchange(...message);
          return latest;
        },
        async end() {
          // When the time for a property is over, nobody waits for its last message.
          await latest;
          // Whatever was still to come for a connection is likely to come before the answer to this.
          const last = await Promise.all(
            clients.map((client, index) => client.ask({ action: "echo", requestId: `${index}` })),
          );
          expect(last.map(({ requestId }) => requestId)).toEqual(
            clients.map((_, index) => `${index}`),
          );
          expectCalm(clients);
        },
      };
    },
    close: () => aws.close(),
  };
}

async function connectAll(aws: TestLocalAws): Promise<Client[]> {
  const url = aws.webSocketUrl("production");
  return await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(url)));
}

const isError = ({ level }: LogLine) => level === "ERROR" || level === "FATAL";

/**
 * A start or an invocation that did not succeed, or a second start in the same environment, after its
 * process ended between two invocations. On a busy machine, a function gets further environments.
 */
const isEndOfProcess = ({ type, content }: LogLine) =>
  (type === "platform.initStart" && content["phase"] === "invoke") ||
  ((type === "platform.initReport" || type === "platform.report") &&
    content["status"] !== "success");

/** How many environments have been started. */
const starts = (lines: readonly LogLine[]) =>
  lines.filter(({ content }) => content["initializationType"] !== undefined).length;

/** Asks for more at a time than the environments can take, until there are as many as there may be. */
async function warmUp(clients: readonly Client[], lines: readonly LogLine[]): Promise<void> {
  for (let round = 0; starts(lines) < 2 * ENVIRONMENTS; round += 1) {
    if (round === 50) throw new Error("The functions don't start their environments.");
    await Promise.all(clients.map((client) => client.ask({ action: "echo" })));
  }
}

/** Sends a message cut at the given fractions of its length, and wherever a frame would be too long. */
function sendInFrames({ socket }: Client, data: Buffer, cuts: readonly number[]): void {
  const places = new Set(cuts.map((cut) => Math.floor(cut * data.length)));
  for (let place = FRAME_LIMIT; place < data.length; place += FRAME_LIMIT) places.add(place);
  const ends = [...[...places].toSorted((a, b) => a - b), data.length];
  let start = 0;
  for (const [index, end] of ends.entries()) {
    const fin = index === ends.length - 1;
    socket.send(data.subarray(start, end), { binary: false, fin });
    // A control frame may come between those of a message.
    if (!fin) socket.ping();
    start = end;
  }
}
