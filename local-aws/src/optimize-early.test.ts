import { expect, test } from "vitest";
import { useLambda } from "./lambda/testing.ts";

const lambda = useLambda();

test("a function of the code of a Lambda function is optimized before its 3,000th call", async () => {
  lambda().define(
    "hot",
    `const { setFlagsFromString } = require("node:v8");
    const { setTimeout } = require("node:timers/promises");
    setFlagsFromString("--allow-natives-syntax");
    const TURBOFAN = 64;
    const isOptimized = new Function("f", "return (%GetOptimizationStatus(f) & " + TURBOFAN + ") !== 0");
    const twice = (number) => number * 2;
    exports.handler = async () => {
      for (let calls = 0; calls < 400; calls += 1) twice(calls);
      // V8 compiles in another thread, and replaces the code at a later call.
      for (let calls = 400; calls < 2900; calls += 1) {
        if (isOptimized(twice)) return calls;
        twice(calls);
        await setTimeout(1);
      }
      return "never";
    };`,
    { Timeout: 60 },
  );
  expect((await lambda().invoke("hot")).payload).toBeLessThan(2900);
});
