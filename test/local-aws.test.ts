import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { SQSClient, CreateQueueCommand, ListQueuesCommand } from "@aws-sdk/client-sqs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { DIST } from "../scripts/build/index.ts";
import { request } from "./conformance/signed-request.ts";
import { connect } from "./e2e/client.ts";
import { createLocalAws } from "../local-aws/src/local-aws.ts";
import { startEmpty, startStack, websocketUrl } from "../local-aws/src/stack.ts";

test("two local AWSs in one process don't see each other", async () => {
  const [first, second] = await Promise.all([
    startStack({ bundles: DIST }),
    startStack({ bundles: DIST }),
  ]);
  onTestFinished(async () => {
    await Promise.all([first.close(), second.close()]);
  });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const sqs = ({ endpoint }: typeof first) =>
    new SQSClient({ endpoint, region: "us-east-1", credentials });
  await sqs(first).send(new CreateQueueCommand({ QueueName: "only-here" }));
  const { QueueUrls = [] } = await sqs(second).send(new ListQueuesCommand({}));
  expect(QueueUrls.some((url) => url.includes("only-here"))).toBe(false);

  const lines: string[] = [];
  second.logs.subscribe(({ message }) => lines.push(message));
  const client = await connect(websocketUrl(first, "websocket0", "production"));
  expect(await client.ask({ action: "echo", data: 1 })).toMatchObject({ result: 1 });
  expect(lines).toEqual([]);
});

test("the state survives being written and read as JSON", async () => {
  const aws = await startStack({ bundles: DIST });
  onTestFinished(() => aws.close());
  expect(JSON.parse(JSON.stringify(aws.state))).toEqual(aws.state);
});

test("the account can be chosen: STS names it, and every ARN", async () => {
  const aws = await startStack({ bundles: DIST, accountId: "111122223333" });
  onTestFinished(() => aws.close());
  const { body: identity } = await request(
    {
      method: "POST",
      url: aws.endpoint,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: Buffer.from("Action=GetCallerIdentity&Version=2011-06-15"),
    },
    {
      service: "sts",
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    },
  );
  expect(identity).toContain("<Account>111122223333</Account>");
  expect(identity).toContain("<Arn>arn:aws:iam::111122223333:root</Arn>");
  const arns = JSON.stringify(aws.state).match(/arn:aws:\w+:[\w-]*:\d{12}:/g) ?? [];
  expect(arns.length).toBeGreaterThan(10);
  expect(arns.filter((arn) => !arn.includes(":111122223333:"))).toEqual([]);
  const client = await connect(websocketUrl(aws, "websocket0", "production"));
  expect(await client.ask({ action: "echo", data: 1 })).toMatchObject({ result: 1 });
});

test("an account ID has 12 digits", async () => {
  await expect(startEmpty({ accountId: "1234" })).rejects.toThrow(
    'An account ID must have 12 digits, such as 111122223333, not "1234".',
  );
});

test("a taken port rejects, and leaves nothing running", async () => {
  const temporary = await mkdtemp(join(tmpdir(), "taken-port-"));
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(temporary, { recursive: true });
  });
  const other = createServer();
  onTestFinished(() => void other.close());
  await once(other.listen(0, "127.0.0.1"), "listening");
  const { port } = other.address() as AddressInfo;
  await expect(startEmpty({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  expect(await readdir(temporary)).toEqual([]);
});

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === "::1");

describe.skipIf(!hasIpv6)("localhost, on machines where it can be ::1", () => {
  test("is the local AWS at both of its addresses", async () => {
    const aws = await startEmpty();
    const { port } = new URL(aws.endpoint);
    for (const host of ["127.0.0.1", "[::1]"])
      expect((await fetch(`http://${host}:${port}/`)).status, `at ${host}`).toBe(403);
    await aws.close();
    for (const host of ["127.0.0.1", "[::1]"])
      await expect(fetch(`http://${host}:${port}/`), `at ${host}`).rejects.toThrow("fetch failed");
  });

  test("makes a local AWS refuse to start where another program has the port at ::1", async () => {
    const other = createServer();
    onTestFinished(() => void other.close());
    await once(other.listen(0, "::1"), "listening");
    const { port } = other.address() as AddressInfo;
    await expect(startEmpty({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow("fetch failed");
  });
});

test("one that never listened can be closed", async () => {
  const aws = await createLocalAws();
  await expect(aws.close()).resolves.toBeUndefined();
});
