/**
 * The procedures of the open questions, and the recorder, on a local AWS. Its answers are our choices,
 * so this test does not compare them with AWS.
 */
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, Timer } from "@websocket-lambda/local-aws";
import { createTestLocalAws } from "@websocket-lambda/local-aws/testing";
import { expect, onTestFinished, test } from "vitest";
import { createClients } from "./clients.ts";
import { createBench } from "./questions/bench.ts";
import { questions } from "./questions/index.ts";
import type { Question } from "./questions/question.ts";
import { record, type Recording, targetOf } from "./questions/record.ts";
import { metricsOf } from "./questions/settings.ts";

interface SkippingClock extends Clock {
  /** Moves the time on, and runs the timers that are then due. */
  skip(milliseconds: number): void;
  /** How many milliseconds were skipped so far. */
  skipped(): number;
}

/** A clock of real time that can skip some of it. */
function createSkippingClock(): SkippingClock {
  let skipped = 0;
  const now = () => Date.now() + skipped;
  const timers = new Map<Timer, { due: number; run(): void }>();
  return {
    now,
    skipped: () => skipped,
    setTimer(callback, milliseconds) {
      const run = () => {
        timer.cancel();
        callback();
      };
      const handle = setTimeout(run, milliseconds);
      const timer = {
        cancel() {
          clearTimeout(handle);
          timers.delete(timer);
        },
      };
      timers.set(timer, { due: now() + milliseconds, run });
      return timer;
    },
    skip(milliseconds) {
      const end = now() + milliseconds;
      for (;;) {
        const [next] = [...timers.values()].toSorted((a, b) => a.due - b.due);
        if (next === undefined || next.due > end) break;
        skipped += Math.max(0, next.due - now());
        next.run();
      }
      skipped += Math.max(0, end - now());
    },
  };
}

const REGION = "us-east-1";

const clientsOf = (endpoint: string) =>
  createClients({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

/** Records the answers of a local AWS, which is empty. */
async function recordLocally(
  asked: readonly Question[],
  clock?: SkippingClock,
): Promise<Recording> {
  const aws = createTestLocalAws(clock === undefined ? {} : { clock });
  await aws.listen(0);
  onTestFinished(() => aws.close());
  const folder = await mkdtemp(join(tmpdir(), "answers-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const clients = clientsOf(aws.endpoint);
  // The local AWS compares the time of a signature with its clock.
  if (clock !== undefined)
    for (const { config } of Object.values(clients))
      Object.defineProperty(config, "systemClockOffset", { get: clock.skipped, set() {} });
  const bench = createBench(clients, {
    region: REGION,
    patience: 600,
    async wait(milliseconds) {
      clock?.skip(milliseconds);
      // Lets requests and frames arrive.
      await new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 20)));
    },
  });
  const file = join(folder, "answers.json");
  const recording = await record(bench, asked, { file });
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual(recording);
  const { lambda, apigateway, logs, sqs } = aws.state.regions[REGION] ?? {};
  expect([lambda?.functions, apigateway?.apis, logs?.groups, sqs?.queues]).toEqual([
    {},
    {},
    {},
    {},
  ]);
  return recording;
}

const observed = ({ answers }: Recording): Record<string, unknown> =>
  Object.fromEntries(answers.map(({ settles, observed: seen, error }) => [settles, seen ?? error]));

const frame = (message: string) => expect.stringContaining(`{"message": "${message}", `);

test("the procedures see what the local AWS does, and leave nothing behind", async () => {
  const asked = questions.filter(({ minutes }) => minutes < 10);
  const recording = await recordLocally(asked);
  const forms = ["throw", "string", "number", "nothing", "noStatus", "object"];
  expect(observed(recording)).toMatchObject({
    "OPEN-3": { code: 1006, disconnectStatusCode: 1006 },
    "OPEN-4": {
      withDefault: [
        { action: "$connect", reply: { routeKey: "$default" } },
        { action: "$disconnect", reply: { routeKey: "$default" } },
      ],
      withoutDefault: [
        { action: "$connect", reply: frame("Forbidden") },
        { action: "$disconnect", reply: frame("Forbidden") },
      ],
    },
    "OPEN-5": Array.from({ length: 8 }, () => ({ reply: { routeKey: "$default" } })),
    "OPEN-6": {
      frames: { "the function ran for $default": expect.any(Number) },
      framesOfOtherRoute: { "the function ran for other": expect.any(Number) },
      isOpen: true,
      connectsRefused: expect.any(Number),
      refusal: { status: 429 },
    },
    "OPEN-7": { frames: [frame("Endpoint request timed out")], connect: { status: 504 } },
    "OPEN-8": { frame: { close: { code: 1009 } }, message: { close: { code: 1009 } } },
    "OPEN-9": {
      frames: Object.fromEntries(forms.map((form) => [form, [frame("Internal server error")]])),
      connects: Object.fromEntries(forms.map((form) => [form, { status: 502 }])),
    },
    "OPEN-10": { "GET otherForm": { status: 400, errorType: "BadRequestException" } },
    "OPEN-11": { status: 403, body: expect.stringContaining('"POST":"410 GoneException"') },
    "OPEN-12": { "sec-websocket-accept": expect.any(String) },
    // The local AWS has no metrics.
    "OPEN-13": { timesEach: 5, sums: { thrown: expect.stringContaining("NotImplemented") } },
    "OPEN-14": { afterOnlyType: { AuthorizationType: "NONE" } },
    "OPEN-15": { error: expect.stringContaining("CloudWatch Logs role ARN must be set") },
    "OPEN-16": { tagsAfterwards: { a: "1" } },
    "OPEN-17": expect.arrayContaining([expect.objectContaining({ type: "platform.report" })]),
  });
  expect(recording).toMatchObject({ target: "local AWS", region: REGION, left: [] });
});

test.each(questions.filter(({ minutes }) => minutes >= 10))(
  "$settles waits for the end of a connection",
  async (question) => {
    const recording = await recordLocally([question], createSkippingClock());
    const end = { code: 1001, disconnectStatusCode: 1001, disconnectReason: "Going away" };
    expect(observed(recording)).toMatchObject(
      question.settles === "OPEN-1"
        ? { "OPEN-1": { pongs: 10, pinged: end, silent: end } }
        : { "OPEN-2": end },
    );
    expect(recording.left).toEqual([]);
  },
);

test("a procedure that fails is recorded with its error, and its resources are deleted", async () => {
  const failing: Question = {
    settles: "OPEN-1",
    question: "Does it fail?",
    minutes: 0,
    async ask(bench) {
      await bench.createRole("role", [{ Action: ["logs:*"], Resource: "*" }]);
      throw new Error("on purpose, in the account 210987654321");
    },
  };
  const { answers } = await recordLocally([failing]);
  expect(answers).toMatchObject([{ error: "Error: on purpose, in the account 123456789012" }]);
});

test.each([
  ["wss://abcdefghij.execute-api.eu-west-1.amazonaws.com/dev", "AWS"],
  ["wss://abcdefghij.execute-api.cn-north-1.amazonaws.com.cn/dev", "AWS"],
  ["ws://localhost:4566/_aws/execute-api/abcdefghij/dev", "local AWS"],
  ["wss://localhost/abcdefghij.execute-api.eu-west-1.amazonaws.com/dev", "local AWS"],
])("the answers of %s are those of: %s", (url, target) => {
  expect(targetOf(url)).toBe(target);
});

test("the metrics of a stage are summed, and no data is not 0", async () => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    request.on("data", (chunk: Buffer) => requests.push(chunk.toString()));
    request.on("end", () => {
      response.setHeader("content-type", "application/x-amz-json-1.0");
      response.end(
        JSON.stringify({
          MetricDataResults: [
            { Id: "clienterror", Label: "ClientError", Values: [2, 3] },
            { Id: "executionerror", Label: "ExecutionError", Values: [] },
          ],
        }),
      );
    });
  });
  server.listen(0);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const clients = clientsOf(`http://localhost:${port}`);
  const bench = createBench(clients, { region: REGION });
  expect(await metricsOf(bench, "abcdefghij", "thrown", new Date())).toEqual({
    ClientError: 5,
    ExecutionError: "no data",
  });
  expect(requests.join("")).toMatch(/"Value":"abcdefghij".+"Value":"thrown"/);
  clients.cloudwatch.destroy();
});
