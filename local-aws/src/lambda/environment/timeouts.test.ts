import { expect, test } from "vitest";
import { jsonLogs, useLambda, withoutTimes } from "../testing.ts";

const lambda = useLambda();

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test.for<[string, string]>([
  ["hangs", "setInterval(() => {}, 1000); await new Promise(() => {})"],
  ["loops without end", "for (;;);"],
])("a handler that %s is killed at its timeout", async ([title, body]) => {
  const name = title.replaceAll(" ", "-");
  lambda().define(name, `exports.handler = async () => { console.log(process.pid); ${body}; };`, {
    Timeout: 1,
  });
  const { payload, headers, requestId, tail } = await lambda().invoke(name);
  expect(headers["X-Amz-Function-Error"]).toBe("Unhandled");
  expect(payload).toEqual({
    errorType: "Sandbox.Timedout",
    errorMessage: `RequestId: ${requestId} Error: Task timed out after 1.00 seconds`,
  });
  const report = lambda().messages(name).at(-1) ?? "";
  expect(report).toMatch(
    new RegExp(
      `^REPORT RequestId: ${requestId}\tDuration: 1000.00 ms\tBilled Duration: 1\\d{3} ms\tMemory Size: 256 MB\tMax Memory Used: \\d+ MB\tInit Duration: [\\d.]+ ms\tStatus: timeout\n$`,
    ),
  );
  expect(tail).not.toContain("timed out");
  const pid = Number(/INFO\t(\d+)/.exec(tail)?.[1]);
  expect(isAlive(pid)).toBe(false);
});

test("after a timeout, the next invocation starts a process as part of its duration, in the same log stream", async () => {
  lambda().define(
    "slow",
    "console.log('loading'); exports.handler = async (event) => { while (event.loop); return 'quick'; };",
    { Timeout: 1 },
  );
  await lambda().invoke("slow", { loop: true });
  const next = await lambda().invoke("slow", {});
  expect(next.payload).toBe("quick");
  expect(withoutTimes(next.tail)).toBe(
    [
      "{time}\tundefined\tINFO\tloading\n",
      "START RequestId: {id} Version: $LATEST\n",
      "END RequestId: {id}\n",
      "REPORT RequestId: {id}\tDuration: {n} ms\tBilled Duration: {n} ms\tMemory Size: 256 MB\tMax Memory Used: {n} MB\t\n",
    ].join(""),
  );
  // Starting a process takes longer than running this handler.
  expect(Number(/Duration: ([\d.]+)/.exec(next.tail)?.[1])).toBeGreaterThan(10);
  const streams = lambda()
    .eventsOf("slow")
    .map(({ logStreamName }) => logStreamName);
  expect(new Set(streams)).toHaveLength(1);
});

test("in JSON format, a timeout is the status of two records, and the next start is part of its invocation", async () => {
  lambda().define("slow-json", "exports.handler = async (event) => { while (event.loop); };", {
    Timeout: 1,
    ...jsonLogs("slow-json"),
  });
  const { requestId } = await lambda().invoke("slow-json", { loop: true });
  await lambda().invoke("slow-json", {});
  const records = lambda()
    .messages("slow-json")
    .map((message): unknown => JSON.parse(message));
  expect(records).toMatchObject([
    { type: "platform.initStart", record: { phase: "init" } },
    { type: "platform.start", record: { requestId } },
    {
      type: "platform.runtimeDone",
      record: { requestId, status: "timeout", metrics: { producedBytes: 0 } },
    },
    { type: "platform.report", record: { metrics: { durationMs: 1000 }, status: "timeout" } },
    { type: "platform.initStart", record: { phase: "invoke" } },
    { type: "platform.start" },
    { type: "platform.report", record: { status: "success" } },
  ]);
  expect(records.at(-1)).not.toHaveProperty("record.metrics.initDurationMs");
});
