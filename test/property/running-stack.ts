import { expect } from "vitest";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "../test-stack.ts";
import { type Client, connect } from "../e2e/client.ts";
import type { LogLine } from "../e2e/log-watch.ts";

const FRAME_LIMIT = 32 * 1024;
const CONNECTIONS = 4;
const ENVIRONMENTS = 2;

/** A stack whose functions have started all their environments. */
export interface RunningStack {
  /** Opens connections for a test. */
  open(): Promise<Connections>;
  close(): Promise<void>;
}

export interface Connections {
  /**
   * Sends a message over a connection, in several frames, and returns the reply. Expects that no other
   * connection gets a frame, that no error is logged, and that no process of a function exits.
   */
  exchange(connection: number, text: string, cuts: readonly number[]): Promise<string>;
  /** Expects no further frames. */
  expectNothingMore(): Promise<void>;
}

export async function startRunningStack(): Promise<RunningStack> {
  const aws = await startTestStack({ environmentsPerFunction: ENVIRONMENTS });
  const { lines } = aws.logs;
  await warmUp(await connectAll(aws), lines);
  /** The number of lines that were checked. */
  let checked = lines.length;

  const expectNoFailure = (clients: readonly Client[]) => {
    const failures = lines.slice(checked).filter((line) => isError(line) || isEndOfProcess(line));
    checked = lines.length;
    expect(failures).toEqual([]);
    expect(clients.flatMap((client) => client.unread())).toEqual([]);
  };
  return {
    async open() {
      const clients = await connectAll(aws);
      const send = async (connection: number, text: string, cuts: readonly number[]) => {
        const client = clients[connection % clients.length];
        if (client === undefined) throw new Error("There is no connection.");
        sendInFrames(client, Buffer.from(text), cuts);
        const frame = await client.nextText();
        expectNoFailure(clients);
        return frame;
      };
      let latest: Promise<string> | undefined;
      return {
        exchange(...message) {
          latest = send(...message);
          return latest;
        },
        async expectNothingMore() {
          // fast-check does not wait for the last message when a property times out.
          await latest;
          // Any other frame of a connection probably arrives before the reply to this echo.
          const last = await Promise.all(
            clients.map((client, index) => client.ask({ action: "echo", requestId: `${index}` })),
          );
          expect(last.map(({ requestId }) => requestId)).toEqual(
            clients.map((_, index) => `${index}`),
          );
          expectNoFailure(clients);
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
 * Whether a line shows a failed start or invocation, or a second start in the same environment, whose
 * process exited between two invocations. On a busy machine, a function gets further environments.
 */
const isEndOfProcess = ({ type, content }: LogLine) =>
  (type === "platform.initStart" && content["phase"] === "invoke") ||
  ((type === "platform.initReport" || type === "platform.report") &&
    content["status"] !== "success");

/** Returns the number of environments that have started. */
const starts = (lines: readonly LogLine[]) =>
  lines.filter(({ content }) => content["initializationType"] !== undefined).length;

/** Sends concurrent requests until all environments have started. */
async function warmUp(clients: readonly Client[], lines: readonly LogLine[]): Promise<void> {
  for (let round = 0; starts(lines) < 2 * ENVIRONMENTS; round += 1) {
    if (round === 50) throw new Error("The functions don't start their environments.");
    await Promise.all(clients.map((client) => client.ask({ action: "echo" })));
  }
}

/** Sends a message in frames that are split at fractions of its length, and at the frame limit. */
function sendInFrames({ socket }: Client, data: Buffer, cuts: readonly number[]): void {
  const places = new Set(cuts.map((cut) => Math.floor(cut * data.length)));
  for (let place = FRAME_LIMIT; place < data.length; place += FRAME_LIMIT) places.add(place);
  const ends = [...[...places].toSorted((a, b) => a - b), data.length];
  let start = 0;
  for (const [index, end] of ends.entries()) {
    const fin = index === ends.length - 1;
    socket.send(data.subarray(start, end), { binary: false, fin });
    // A control frame may be sent between the frames of a message.
    if (!fin) socket.ping();
    start = end;
  }
}
