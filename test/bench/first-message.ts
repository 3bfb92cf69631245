import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { startLocalStack } from "../local-stack.ts";
import { buildFunctions } from "../../scripts/build/index.ts";
import { open, refusalIn } from "./clients.ts";
import { REQUEST } from "./events.ts";
import { createFunctionFiles } from "./function-files.ts";
import { mediansInTurn } from "./median.ts";
import type { BenchOptions, Report } from "./report.ts";
import { startFunction } from "./function-start.ts";

/** The shortest time in which a person sends the first message, in milliseconds. */
const PAUSE = 500;

/**
 * Measures the wait after `npm start`: for the build, for the local AWS with its stack, and for the reply
 * to a first message, for which both functions start.
 */
export async function measureFirstMessage({ short }: BenchOptions): Promise<Report> {
  const files = await createFunctionFiles();
  const bundles = await mkdtemp(join(tmpdir(), "websocket-lambda-bench-"));
  try {
    const starter = await files.compile("start-function.ts");
    const empty = await files.bundle("empty", {
      stdin: { contents: "export const handler = async () => {};" },
    });
    const replies: number[] = [];
    const medians = await mediansInTurn(short ? 5 : 9, {
      empty: async () => (await startFunction(starter, empty, {}, {})).all,
      build: () => timeOf(() => buildFunctions(bundles)),
      ready: async () => {
        const { ready, reply } = await startAndAsk(bundles);
        replies.push(reply);
        return ready;
      },
      reply: () => Promise.resolve(replies.at(-1) ?? NaN),
    });
    const figure = (name: string, value: number) =>
      ({ name, value, reference: medians.empty, unit: "ms" }) as const;
    return {
      title: "From npm start to the first reply",
      reference: "the start of an empty function",
      figures: [
        figure("build", medians.build),
        figure("ready after the build", medians.ready),
        figure("first reply, both functions cold", medians.reply),
      ],
    };
  } finally {
    await files.remove();
    await rm(bundles, { recursive: true, force: true });
  }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Returns the milliseconds until a stack listens, and from a message to its reply. */
async function startAndAsk(bundles: string): Promise<{ ready: number; reply: number }> {
  const started = performance.now();
  const aws = await startLocalStack({ bundles, spareProcesses: true });
  const ready = performance.now() - started;
  try {
    const socket = await open(aws.webSocketUrl("production"));
    // The connect has started the websocket-handler. A refresh makes it cold again.
    const functions = aws.state.regions["us-east-1"]?.lambda.functions ?? {};
    for (const { configuration } of Object.values(functions))
      aws.refresh(configuration.FunctionArn);
    await setTimeout(PAUSE);
    const asked = performance.now();
    socket.send(REQUEST);
    const [data] = await once(socket, "message");
    const reply = performance.now() - asked;
    const refusal = refusalIn(data);
    if (refusal !== undefined) throw refusal;
    socket.terminate();
    return { ready, reply };
  } finally {
    await aws.close();
  }
}
