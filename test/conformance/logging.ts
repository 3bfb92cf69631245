import { expect } from "vitest";
import type { Behavior, Target } from "./behavior.ts";
import { type Probe, startOwnProbe } from "./probe.ts";
import { captured, documented, modelled, reported } from "./sources.ts";

const OTHER_LOGS = "local: the deployed functions log otherwise";

const CONNECT = {
  requestContext: { routeKey: "$connect", connectionId: "none", requestId: "none" },
};

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/.source;

/** Returns the JSON lines of the deployed websocket-handler for one invocation. */
async function invocationLines({ stack }: Target) {
  const { headers } = await stack.invoke("websocket-handler", CONNECT);
  const requestId = headers.get("x-amzn-requestid") ?? "";
  const platform = await stack.logged(
    "websocket-handler",
    `{ $.record.requestId = "${requestId}" }`,
    2,
  );
  const application = await stack.logged("websocket-handler", `{ $.requestId = "${requestId}" }`);
  const ofType = (type: string) => platform.find(({ message }) => message.includes(`"${type}"`));
  return {
    requestId,
    start: ofType("platform.start")?.message ?? "",
    report: ofType("platform.report")?.message ?? "",
    application: application[0]?.message ?? "",
    logStreamName: application[0]?.logStreamName,
  };
}

/** Returns the text lines of a probe's processor for an invocation, without those of the start. */
async function textLines(
  probe: Probe,
  code: string,
): Promise<{ requestId: string; lines: string[] }> {
  const { headers } = await probe.run(code, { functionName: "processor" });
  const requestId = headers.get("x-amzn-requestid") ?? "";
  const report = await probe.line(({ message }) =>
    message.startsWith(`REPORT RequestId: ${requestId}`),
  );
  const stream = probe.lines.filter(({ logStreamName }) => logStreamName === report.logStreamName);
  const texts = stream.map(({ message }) => message);
  const start = texts.findIndex((text) => text.startsWith(`START RequestId: ${requestId}`));
  return { requestId, lines: texts.slice(start, stream.indexOf(report) + 1) };
}

/** The log lines of an invocation in CloudWatch Logs. */
export const logging: Behavior[] = [
  {
    behavior: "the name of a log stream has the day, the version and 32 hexadecimal digits",
    basis: "capture",
    source: captured.logs,
    check: async (target) => {
      const { logStreamName } = await invocationLines(target);
      expect(logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    },
  },
  {
    behavior: "in JSON, the start of an invocation has its ID, the function's ARN and the version",
    basis: "capture",
    source: captured.logs,
    check: async (target) => {
      const { requestId, start } = await invocationLines(target);
      expect(start).toMatch(
        new RegExp(
          `^\\{"time":"${TIME}","type":"platform.start","record":\\{"requestId":"${requestId}","functionArn":"arn:aws:lambda:[\\w-]+:\\d{12}:function:[\\w-]+","version":"\\$LATEST"\\}\\}$`,
        ),
      );
    },
  },
  {
    behavior: "in JSON, the report of an invocation has the metrics and a status",
    basis: "capture",
    source: captured.logs,
    check: async (target) => {
      const { requestId, report } = await invocationLines(target);
      expect(report).toMatch(
        new RegExp(
          `^\\{"time":"${TIME}","type":"platform.report","record":\\{"requestId":"${requestId}","metrics":\\{"durationMs":[\\d.]+,"billedDurationMs":\\d+,"memorySizeMB":\\d+,"maxMemoryUsedMB":\\d+(,"initDurationMs":[\\d.]+)?\\},"status":"success"\\}\\}$`,
        ),
      );
    },
  },
  {
    behavior: "the initialization time is reported and billed with the first invocation only",
    basis: "documentation",
    source: documented.billing,
    only: "local: on AWS a test cannot force a first invocation",
    check: async () => {
      const probe = await startOwnProbe();
      const metricsOf = async () => {
        const { headers } = await probe.run("return 1");
        const requestId = headers.get("x-amzn-requestid") ?? "";
        const isReport = ({ message }: { message: string }) =>
          message.includes("platform.report") && message.includes(requestId);
        return JSON.parse((await probe.line(isReport)).message).record.metrics;
      };
      const cold = await metricsOf();
      expect(cold.billedDurationMs).toBe(Math.ceil(cold.durationMs + cold.initDurationMs));
      const warm = await metricsOf();
      expect(warm).not.toHaveProperty("initDurationMs");
      expect(warm.billedDurationMs).toBe(Math.ceil(warm.durationMs));
    },
  },
  {
    behavior: "in JSON, the status of an invocation that threw is success",
    basis: "capture",
    source: captured.logs,
    check: async ({ stack }) => {
      const { headers } = await stack.invoke("processor", { no: "job" });
      const requestId = headers.get("x-amzn-requestid") ?? "";
      const pattern = `{ $.type = "platform.report" && $.record.requestId = "${requestId}" }`;
      const [line] = await stack.logged("processor", pattern);
      expect(JSON.parse(line?.message ?? "").record).toMatchObject({ status: "success" });
    },
  },
  {
    behavior: "in JSON, a thrown error is logged as an object",
    basis: "capture",
    source: captured.logs,
    check: async ({ stack }) => {
      const { headers } = await stack.invoke("processor", { no: "job" });
      const requestId = headers.get("x-amzn-requestid") ?? "";
      const pattern = `{ $.level = "ERROR" && $.requestId = "${requestId}" }`;
      const [line] = await stack.logged("processor", pattern);
      const { message } = JSON.parse(line?.message ?? "");
      expect(message).toMatchObject({
        errorType: "TypeError",
        errorMessage: expect.any(String),
        stackTrace: expect.arrayContaining([expect.stringMatching(/^ {4}at /)]),
      });
    },
  },
  {
    behavior:
      "in JSON, a line of the function has four members in order, and an object stays an object",
    basis: "capture",
    source: captured.logs,
    check: async (target) => {
      const { requestId, application } = await invocationLines(target);
      expect(application).toMatch(
        new RegExp(
          `^\\{"timestamp":"${TIME}","level":"INFO","requestId":"${requestId}","message":\\{"event":"connected",.*\\}\\}$`,
        ),
      );
    },
  },
  {
    behavior:
      "in JSON, several values are one text, and the first error among them adds members to the line",
    basis: "model",
    source: modelled.runtimeLogs,
    only: OTHER_LOGS,
    check: async ({ probe }) => {
      await probe.run(`console.warn("%s items:", 2, new TypeError("several values"))`);
      const { message } = await probe.line((line) => line.message.includes('"WARN"'));
      expect(JSON.parse(message)).toMatchObject({
        level: "WARN",
        message: expect.stringMatching(/^2 items: TypeError: several values\n/),
        errorType: "TypeError",
        errorMessage: "several values",
        stackTrace: expect.any(Array),
      });
    },
  },
  {
    behavior: "in JSON, lines that a function logs at its start have no request ID",
    basis: "capture",
    source: captured.logs,
    only: OTHER_LOGS,
    check: async ({ probe }) => {
      await probe.run("return 1");
      const { message } = await probe.line((line) => line.message.includes('"loaded"'));
      expect(Object.keys(JSON.parse(message))).toEqual(["timestamp", "level", "message"]);
    },
  },
  {
    behavior:
      "in JSON, the start of an environment names the function, the version and the log stream",
    basis: "capture",
    source: captured.logs,
    only: "local: on AWS a test cannot force a start",
    check: async ({ probe }) => {
      await probe.run("return 1");
      const { message, logStreamName } = await probe.line((line) =>
        line.message.includes("platform.initStart"),
      );
      const { type, record } = JSON.parse(message);
      expect(type).toBe("platform.initStart");
      expect(Object.keys(record).join(" ")).toBe(
        "initializationType phase runtimeVersion runtimeVersionArn functionName functionVersion instanceId instanceMaxMemory",
      );
      expect(record).toMatchObject({
        initializationType: "on-demand",
        phase: "init",
        functionName: "websocket-lambda-websocket-handler",
        functionVersion: "$LATEST",
        instanceId: logStreamName,
        instanceMaxMemory: 256 * 1024 * 1024,
      });
    },
  },
  {
    behavior: "at the level INFO, Lambda logs only start and report for a success",
    basis: "documentation",
    source: documented.logLevels,
    only: "local: it reads the whole log",
    check: async () => {
      const probe = await startOwnProbe();
      await probe.run("return 1");
      await probe.line(({ message }) => message.includes("platform.report"));
      const types = probe.lines.flatMap(
        ({ message }) => /"type":"(platform\.\w+)"/.exec(message)?.[1] ?? [],
      );
      const known = ["platform.initStart", "platform.report", "platform.start"];
      expect([...new Set(types)].filter((type) => !known.includes(type))).toEqual([]);
    },
  },
  {
    behavior: "in text, an invocation has START, the lines of the function, END and REPORT",
    basis: "capture",
    source: captured.logs,
    only: OTHER_LOGS,
    check: async ({ probe }) => {
      const { requestId, lines } = await textLines(probe, `console.log("a", { b: 1 })`);
      expect(lines).toEqual([
        `START RequestId: ${requestId} Version: $LATEST\n`,
        expect.stringMatching(new RegExp(`^${TIME}\t${requestId}\tINFO\ta \\{ b: 1 \\}\n$`)),
        `END RequestId: ${requestId}\n`,
        expect.stringMatching(
          new RegExp(
            `^REPORT RequestId: ${requestId}\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms\tMemory Size: 256 MB\tMax Memory Used: \\d+ MB\t(Init Duration: \\d+\\.\\d\\d ms\t)?\n$`,
          ),
        ),
      ]);
    },
  },
  {
    behavior: "in text, a start has INIT_START, and its lines have the request ID undefined",
    basis: "capture",
    source: captured.logs,
    only: OTHER_LOGS,
    check: async () => {
      const probe = await startOwnProbe();
      await textLines(probe, "return 1");
      const [start, loaded] = probe.lines.map(({ message }) => message);
      expect(start).toMatch(
        /^INIT_START Runtime Version: nodejs:22\.\S+\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}\n$/,
      );
      expect(loaded).toMatch(new RegExp(`^${TIME}\tundefined\tINFO\tloaded\n$`));
    },
  },
  {
    behavior: "in text, a thrown error is one line after a title, and REPORT has no status",
    basis: "capture",
    source: captured.logs,
    only: OTHER_LOGS,
    check: async ({ probe }) => {
      const { requestId, lines } = await textLines(probe, `throw new RangeError("no")`);
      const [, error = "", end, report] = lines;
      const title = `\t${requestId}\tERROR\tInvoke Error \t`;
      expect(error).toContain(title);
      const described = JSON.parse(error.slice(error.indexOf(title) + title.length));
      expect(Object.keys(described)).toEqual(["errorType", "errorMessage", "stack"]);
      expect(described).toMatchObject({ errorType: "RangeError", errorMessage: "no" });
      expect(end).toBe(`END RequestId: ${requestId}\n`);
      expect(report).not.toContain("Status:");
    },
  },
  {
    behavior: "in text, a timeout is in REPORT, and has no separate line",
    basis: "report",
    source: reported.timedOutLog,
    only: OTHER_LOGS,
    check: async ({ probe }) => {
      const run = "await new Promise((resolve) => setTimeout(resolve, 60_000))";
      const { requestId, lines } = await textLines(probe, run);
      expect(lines).toEqual([
        `START RequestId: ${requestId} Version: $LATEST\n`,
        `END RequestId: ${requestId}\n`,
        expect.stringMatching(
          /\tDuration: 1000\.00 ms\tBilled Duration: \d+ ms\t.*\tStatus: timeout\n$/,
        ),
      ]);
    },
  },
  {
    behavior:
      "in text, the invocation after a timeout restarts the function in the same stream, without INIT_START",
    basis: "capture",
    source: captured.logs,
    only: OTHER_LOGS,
    check: async () => {
      const probe = await startOwnProbe();
      const timedOut = await textLines(
        probe,
        "await new Promise((resolve) => setTimeout(resolve, 60_000))",
      );
      const next = await textLines(probe, "return 1");
      expect(timedOut.requestId).not.toBe(next.requestId);
      const streams = new Set(probe.lines.map(({ logStreamName }) => logStreamName));
      expect(streams.size).toBe(1);
      const texts = probe.lines.map(({ message }) => message);
      expect(texts.filter((text) => text.startsWith("INIT_START"))).toHaveLength(1);
      expect(texts.filter((text) => text.includes("\tundefined\tINFO\tloaded"))).toHaveLength(2);
      expect(next.lines.at(-1)).not.toContain("Init Duration");
    },
  },
];
