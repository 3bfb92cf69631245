import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AwsCli, findAwsClis } from "@websocket-lambda/local-aws/testing";
import { connect } from "./e2e/client.ts";
import { watchLogs } from "./e2e/log-watch.ts";
import { type Target, useTarget } from "./e2e/target.ts";
import { followLogGroup } from "./follow-log-group.ts";

const HANDLER = "websocket-lambda-websocket-handler";
const PROCESSOR = "websocket-lambda-processor";

const awsClis = findAwsClis();

/** Milliseconds between the requests of `aws logs tail --follow`: a constant of the CLI. */
const POLLING_INTERVAL = 5_000;

const cli2 = awsClis.find((cli) => cli.isAtLeast("2"));
const skipped2 = cli2 === undefined ? " (skipped: there is no AWS CLI of version 2)" : "";
const skipped = awsClis.length === 0 ? " (skipped: there is no AWS CLI)" : "";

describe.skipIf(skipped)(`on the stack of npm start${skipped}`, () => {
  const target = useTarget();

  const follow = (group: string) => {
    if (cli2 === undefined) throw new Error("There is no AWS CLI of version 2.");
    return followLogGroup(cli2, target.local.endpoint, group);
  };

  test.skipIf(skipped2)(
    `logs tail --follow prints the lines of a message in all three groups${skipped2}`,
    async () => {
      const earlier = await connect(target.url);
      await earlier.ask({ action: "echo" });
      using handler = follow(`/aws/lambda/${HANDLER}`);
      using processor = follow(`/aws/lambda/${PROCESSOR}`);
      using accessLog = follow("/aws/apigateway/websocket-lambda");
      await Promise.all([
        handler.line("processor invoked"),
        processor.line("reply posted"),
        accessLog.line("MESSAGE"),
      ]);

      const logs = watchLogs(target.local);
      const client = await connect(target.url);
      const { content } = await logs.line((line) => line.content["event"] === "connected");
      const connectionId = String(content["connectionId"]);
      await client.ask({ action: "echo" });
      const answeredAt = performance.now();
      await Promise.all([
        handler.line("processor invoked", connectionId),
        processor.line("reply posted", connectionId),
        accessLog.line("MESSAGE", connectionId),
      ]);
      // On a busy machine, the request itself can take three seconds.
      expect(performance.now() - answeredAt).toBeLessThan(POLLING_INTERVAL + 3_000);
    },
  );

  describe.for(awsClis)("the AWS CLI $version", { tags: ["extended"] }, (cli) => {
    describeCli(cli, target);
  });
});

function describeCli(cli: AwsCli, target: Target): void {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "websocket-lambda-cli-"));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const aws = (...args: string[]) => cli.run(target.local.endpoint, ...args);
  const json = async (...args: string[]) => JSON.parse(await aws(...args, "--output", "json"));

  test("get-caller-identity returns the caller", async () => {
    expect(await json("sts", "get-caller-identity")).toEqual({
      UserId: "000000000000",
      Account: "000000000000",
      Arn: "arn:aws:iam::000000000000:root",
    });
  });

  test("lists the API, its routes and its stage", async () => {
    const { Items: apis } = await json("apigatewayv2", "get-apis");
    expect(apis).toMatchObject([{ ApiId: "websocket0", Name: "websocket-lambda" }]);
    const { Items: routes } = await json("apigatewayv2", "get-routes", "--api-id", "websocket0");
    expect(routes.map(({ RouteKey }: { RouteKey: string }) => RouteKey).toSorted()).toEqual([
      "$connect",
      "$default",
      "$disconnect",
    ]);
    const { Items: stages } = await json("apigatewayv2", "get-stages", "--api-id", "websocket0");
    expect(stages).toMatchObject([{ StageName: "production", AutoDeploy: true }]);
  });

  const connection = async () => {
    const logs = watchLogs(target.local);
    const client = await connect(target.url);
    const { content } = await logs.line((line) => line.content["event"] === "connected");
    const management = (operation: string, ...args: string[]) =>
      aws(
        "apigatewaymanagementapi",
        operation,
        "--endpoint-url",
        target.url.replace(/^ws/, "http"),
        // With "=", because an ID can start with a hyphen.
        `--connection-id=${String(content["connectionId"])}`,
        ...args,
      );
    return { client, logs, management, connectionId: String(content["connectionId"]) };
  };

  test("posts to a connection, describes it and closes it", async () => {
    const { client, management } = await connection();
    await management("post-to-connection", "--data", Buffer.from("hello").toString("base64"));
    // Version 1 of the CLI sends the text unchanged, and version 2 expects base64.
    expect(["hello", "aGVsbG8="]).toContain(await client.nextText());
    expect(JSON.parse(await management("get-connection", "--output", "json"))).toMatchObject({
      Identity: { SourceIp: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) as string },
      ConnectedAt: expect.any(String),
      LastActiveAt: expect.any(String),
    });
    await management("delete-connection");
    expect(await client.closed).toEqual({ code: 1000, reason: "Connection Closed Normally" });
    await expect(management("get-connection")).rejects.toThrow("GoneException");
  });

  const invoke = async (functionName: string, type: string, payload: unknown) => {
    const out = join(directory, "out.json");
    const base64 = cli.isAtLeast("2") ? ["--cli-binary-format", "raw-in-base64-out"] : [];
    const answer = await json(
      ...["lambda", "invoke", "--function-name", functionName, "--invocation-type", type],
      ...["--payload", JSON.stringify(payload), ...base64, out],
    );
    return { answer, result: await readFile(out, "utf8") };
  };

  test("invokes the processor, which replies to the connection", async () => {
    const { client, connectionId } = await connection();
    const job = { connectionId, requestId: "by hand", action: "uppercase", data: { text: "hi" } };
    const { answer, result } = await invoke(PROCESSOR, "RequestResponse", job);
    expect(answer).toEqual({ StatusCode: 200, ExecutedVersion: "$LATEST" });
    expect(result).toBe("null");
    expect(await client.next()).toMatchObject({ result: "HI", requestId: "by hand" });

    expect((await invoke(PROCESSOR, "Event", job)).answer).toEqual({ StatusCode: 202 });
    expect(await client.next()).toMatchObject({ result: "HI", requestId: "by hand" });
  });

  test("finds a failed job in the dead-letter queue", async () => {
    const { answer } = await invoke(PROCESSOR, "RequestResponse", { no: "job" });
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled" });
    await invoke(PROCESSOR, "Event", { no: "job" });
    const queue = [
      "--queue-url",
      `${target.local.endpoint}/000000000000/websocket-lambda-dead-letters`,
    ];
    const { Messages } = await json(
      ...["sqs", "receive-message", ...queue],
      ...["--wait-time-seconds", "20", "--message-attribute-names", "All"],
    );
    expect(Messages).toMatchObject([
      {
        Body: '{"no":"job"}',
        MessageAttributes: { ErrorCode: { StringValue: "200" } },
      },
    ]);
  });

  test("filters the functions' logs", async () => {
    const { client } = await connection();
    const requestId = `find-me-${cli.version}`;
    await client.ask({ action: "echo", requestId });
    const group = ["--log-group-name", `/aws/lambda/${HANDLER}`];
    const pattern = ["--filter-pattern", `{ $.message.requestId = "${requestId}" }`];
    const { events } = await json("logs", "filter-log-events", ...group, ...pattern);
    expect(events).toHaveLength(1);
    expect(JSON.parse(events[0].message)).toMatchObject({
      level: "INFO",
      message: { event: "processor invoked", requestId },
    });
  });

  test.skipIf(!cli.isAtLeast("2"))(
    "tails the functions' logs (only version 2 of the CLI)",
    async () => {
      expect(await aws("logs", "tail", `/aws/lambda/${HANDLER}`, "--since", "1h")).toContain(
        "platform.report",
      );
    },
  );

  // One service for each protocol, and an operation that is missing in each kind of service.
  test.for([
    ["s3", "ls"],
    ["ec2", "describe-instances"],
    ["stepfunctions", "list-state-machines"],
    ["lambda", "list-code-signing-configs"],
    ["iam", "list-users"],
    ["logs", "describe-destinations"],
  ])("gets the error that %s %s is not implemented, without a retry", async (command) => {
    await expect(aws(...command)).rejects.toThrow(/NotImplemented.*does not implement/s);
  });
}
