import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { createLocalAws } from "@websocket-lambda/local-aws";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "../test-stack.ts";
import { loadTests } from "./load.ts";
import { loadWithin, NEW_ACCOUNT, readConcurrency } from "./quota.ts";
import { onAws } from "./target.ts";

const SDK = {
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
};

test("the load is below the stage's throttle, and below Lambda's concurrency", () => {
  expect(loadWithin(1000)).toEqual({ atOnce: 500, rate: 400 });
  expect(loadWithin(NEW_ACCOUNT)).toEqual({ atOnce: 5, rate: 40 });
  expect(loadWithin(1)).toEqual({ atOnce: 1, rate: 4 });
});

test("readConcurrency returns the account's concurrency", async () => {
  await using aws = createLocalAws({ accountConcurrency: 25 });
  await aws.listen();
  expect(await readConcurrency({ ...SDK, endpoint: aws.endpoint })).toBe(25);
});

test("if the concurrency can't be read, it is that of a new account, with a warning", async () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  onTestFinished(() => warn.mockRestore());
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as AddressInfo;
  closed.close();
  const endpoint = `http://127.0.0.1:${port}`;
  expect(await readConcurrency({ ...SDK, endpoint })).toBe(NEW_ACCOUNT);
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("ECONNREFUSED"));
});

describe.skipIf(onAws)("in a new account, on the local AWS", () => {
  let local: TestLocalAws;
  beforeAll(async () => {
    local = await startTestStack({ accountConcurrency: NEW_ACCOUNT });
  });
  afterAll(() => local.close());

  loadTests(
    {
      get url() {
        return local.webSocketUrl("production");
      },
      get local() {
        return local;
      },
    },
    4,
  );
});
