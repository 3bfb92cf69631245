import { describe, expect, test } from "vitest";
import { useLambda } from "../testing.ts";

const lambda = useLambda();

// Only Linux reports the memory of another process.
describe.runIf(process.platform === "linux")("a function that exceeds its memory size", () => {
  test.for<[string, string]>([
    [
      "its heap",
      "const kept = []; for (;;) { kept.push(new Array(10_000).fill(kept.length)); await null; }",
    ],
    [
      "Buffers",
      "const kept = []; for (;;) { kept.push(Buffer.alloc(1_000_000, 1)); await new Promise(setImmediate); }",
    ],
  ])("in %s is killed", async ([title, body]) => {
    const name = `memory-${title.replaceAll(/\W+/g, "-")}`;
    lambda().define(name, `exports.handler = async () => { ${body} };`, { MemorySize: 128 });
    const { payload, headers, requestId } = await lambda().invoke(name);
    expect(headers["X-Amz-Function-Error"]).toBe("Unhandled");
    expect(payload).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
    });
    expect(lambda().messages(name).at(-1)).toMatch(
      /\tMemory Size: 128 MB\tMax Memory Used: 128 MB\tInit Duration: [\d.]+ ms\tStatus: error\tError Type: Runtime.OutOfMemory\n$/,
    );
  });

  test("is also killed while it loads", async () => {
    lambda().define(
      "memory-load",
      "const kept = []; for (;;) kept.push(Buffer.alloc(1_000_000, 1));",
      { MemorySize: 128 },
    );
    expect((await lambda().invoke("memory-load")).payload).toMatchObject({
      errorType: "Runtime.ExitError",
    });
    const reports = lambda()
      .messages("memory-load")
      .filter((line) => /REPORT/.test(line));
    expect(reports).toHaveLength(3);
    for (const report of reports) expect(report).toMatch(/Error Type: Runtime.OutOfMemory\n$/);
  });

  test("runs in a new process at the next invocation", async () => {
    lambda().define(
      "memory-next",
      "exports.handler = async (event) => { const kept = []; while (event.eat) { kept.push(Buffer.alloc(1_000_000, 1)); } return 'small'; };",
      { MemorySize: 128 },
    );
    await lambda().invoke("memory-next", { eat: true });
    expect((await lambda().invoke("memory-next", {})).payload).toBe("small");
  });
});

test("REPORT has the maximum memory of the process", async () => {
  lambda().define("memory-used", "exports.handler = async () => { Buffer.alloc(50_000_000, 1); };");
  await lambda().invoke("memory-used");
  const report = lambda().messages("memory-used").at(-1) ?? "";
  const used = Number(/Max Memory Used: (\d+)/.exec(report)?.[1]);
  expect(used).toBeGreaterThan(80);
  expect(used).toBeLessThanOrEqual(256);
});
