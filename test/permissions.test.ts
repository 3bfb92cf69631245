import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { createIssuer } from "../scripts/start/issuer.ts";
import type { StackName } from "../scripts/start/stack.ts";
import { bundleProcessorWith } from "./extra-actions.ts";
import { startTestStack, type TestStack } from "./test-stack.ts";
import { type Client, connect } from "./e2e/client.ts";
import { countDeadLetters } from "./e2e/dead-letters.ts";
import type { LogWatch } from "./e2e/log-watch.ts";

const issuer = await createIssuer();

/** A module with an action that waits until it is stopped. */
const WAITING = join(import.meta.dirname, "waiting-action.ts");

/** A stack for one test, from which the test removes a permission. */
interface Stack {
  aws: TestStack;
  logs: LogWatch;
  connect(): Promise<Client>;
  /** Removes a statement from the policy of a function's role. */
  withdraw(functionName: "websocket-handler" | "processor", sid: string): void;
}

async function startOwnStack(stack: StackName = "open"): Promise<Stack> {
  const aws = await startTestStack({ stack, pages: issuer.pages });
  onTestFinished(() => aws.close());
  return {
    aws,
    logs: aws.logs,
    connect: () => connect(aws.webSocketUrl("production")),
    withdraw: (functionName, sid) => {
      changePolicy(aws, functionName, (statements) => statements.filter(({ Sid }) => Sid !== sid));
    },
  };
}

interface Statement {
  Sid: string;
  Action: string | string[];
  Resource: string;
}

function policyOf({ state }: TestLocalAws, functionName: string) {
  const role = state.iam.roles[`websocket-lambda-${functionName}-us-east-1`];
  if (role === undefined) throw new Error(`The stack has no role of the ${functionName}.`);
  const { permissions } = role.policies;
  const document: { Statement: Statement[] } = JSON.parse(permissions ?? "");
  return { role, document };
}

function changePolicy(
  aws: TestLocalAws,
  functionName: string,
  change: (statements: Statement[]) => Statement[],
): void {
  const { role, document } = policyOf(aws, functionName);
  const statements = change(document.Statement);
  expect(statements, "the change makes a difference").not.toEqual(document.Statement);
  role.policies["permissions"] = JSON.stringify({ ...document, Statement: statements });
}

const echo = { action: "echo", data: 1, requestId: "mine" };

/** The symptom of each missing statement of terraform/iam.tf, for a client or in a log. */
const symptoms: Record<string, (stack: Stack) => Promise<void>> = {
  "websocket-handler InvokeProcessor": async ({ connect: open }) => {
    const client = await open();
    expect(await client.ask(echo)).toMatchObject({ error: { code: "UNAVAILABLE" } });
  },
  "websocket-handler ReplyToConnections": async ({ connect: open }) => {
    const client = await open();
    client.send("not JSON");
    expect(await client.nextText()).toMatch(/^\{"message": "Internal server error", /);
  },
  "websocket-handler DisconnectClients": async ({ aws, logs }) => {
    // Accepted at the handshake, because clocks may differ by five seconds.
    const exp = Math.floor(Date.now() / 1000) - 3;
    const token = await issuer.tokenFor(aws.endpoint, "ada", { exp });
    const client = await aws.connect(`?token=${token}`);
    await expect
      .poll(() => client.ask(echo), { interval: 500 })
      .toMatchObject({ error: { code: "TOKEN_EXPIRED" } });
    await logs.line(({ level }) => level === "ERROR");
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  },
  "websocket-handler WriteLogs": async ({ connect: open, logs }) => {
    const client = await open();
    expect(await client.ask(echo)).toMatchObject({ result: 1 });
    await logs.line(({ content }) => content["event"] === "reply posted");
    expect(logs.lines.filter(({ logGroupName }) => logGroupName.includes("handler"))).toEqual([]);
  },
  "processor ReplyToConnections": async ({ aws, connect: open }) => {
    const client = await open();
    expect(await client.ask(echo)).toMatchObject({ error: { code: "PROCESSING_FAILED" } });
    expect(await countDeadLetters(aws)).toBe(1);
  },
  "processor CheckConnections": async ({ aws, connect: open, logs }) => {
    aws.replaceCode("processor", await bundleProcessorWith(WAITING));
    // Seconds: the connection is checked after five, and the action is stopped after seven.
    aws.functionNamed("processor").configuration.Timeout = 8;
    const client = await open();
    client.send({ action: "wait" });
    await logs.line(({ content }) => content["event"] === "waiting");
    client.socket.close();
    const { content } = await logs.line(({ content }) => content["event"] === "processing failed");
    expect(content).toMatchObject({ outcome: "gone" });
    expect(await countDeadLetters(aws)).toBe(1);
  },
  "processor KeepDeadLetters": async ({ aws, connect: open, withdraw }) => {
    withdraw("processor", "ReplyToConnections");
    const client = await open();
    expect(await client.ask(echo)).toMatchObject({ error: { code: "PROCESSING_FAILED" } });
    expect(await countDeadLetters(aws)).toBe(0);
  },
  "processor ReportFailure": async ({ aws, connect: open, logs, withdraw }) => {
    withdraw("processor", "ReplyToConnections");
    const client = await open();
    client.send(echo);
    await logs.line(
      ({ logGroupName, level }) => logGroupName.includes("proc") && level === "ERROR",
    );
    await expect.poll(() => countDeadLetters(aws)).toBe(1);
    // The next message fails too. A report of the first message would have arrived before it.
    withdraw("websocket-handler", "InvokeProcessor");
    expect(await client.ask({ ...echo, requestId: "next" })).toMatchObject({ requestId: "next" });
  },
  "processor WriteLogs": async ({ connect: open, logs }) => {
    const client = await open();
    expect(await client.ask(echo)).toMatchObject({ result: 1 });
    await logs.line(({ content }) => content["event"] === "processor invoked");
    expect(logs.lines.filter(({ logGroupName }) => logGroupName.includes("proc"))).toEqual([]);
  },
};

describe("without a statement of a role", () => {
  test.for(Object.entries(symptoms))(
    "%s, a client or a log shows the failure",
    async ([name, symptom]) => {
      const [functionName, sid] = name.split(" ");
      const stack = await startOwnStack(sid === "DisconnectClients" ? "authenticated" : "open");
      stack.withdraw(functionName === "processor" ? "processor" : "websocket-handler", sid ?? "");
      await symptom(stack);
      expect.hasAssertions();
    },
  );

  test("each statement is tested here", async () => {
    const { aws } = await startOwnStack("authenticated");
    const statements = ["websocket-handler", "processor"].flatMap((functionName) =>
      policyOf(aws, functionName).document.Statement.map(({ Sid }) => `${functionName} ${Sid}`),
    );
    expect(statements.toSorted()).toEqual(Object.keys(symptoms).toSorted());
  });

  test("a policy with @connections and no wildcard after it allows nothing, as on AWS", async () => {
    const { aws, connect: open, logs } = await startOwnStack();
    changePolicy(aws, "processor", (statements) =>
      statements.map((statement) => ({
        ...statement,
        Resource: statement.Resource.replace("/@connections/*", "/@connections"),
      })),
    );
    const client = await open();
    expect(await client.ask(echo)).toMatchObject({ error: { code: "PROCESSING_FAILED" } });
    const { content } = await logs.line(({ level }) => level === "ERROR");
    expect(content).toMatchObject({
      event: "reply not posted",
      requestId: "mine",
      error: {
        errorMessage:
          "User: arn:aws:sts::000000000000:assumed-role/websocket-lambda-processor-us-east-1/websocket-lambda-processor is not authorized to perform: execute-api:ManageConnections on resource: arn:aws:execute-api:us-east-1:000000000000:websocket0/production/POST/@connections/{connectionId} because no identity-based policy allows the execute-api:ManageConnections action",
      },
    });
  });
});

describe("without the permission of API Gateway to invoke the function", () => {
  test("on $connect, the upgrade is refused", async () => {
    const { aws, connect: open } = await startOwnStack();
    delete aws.functionNamed("websocket-handler").policy["api-gateway-connect"];
    await expect(open()).rejects.toThrow(/Unexpected server response: 50\d/);
  });

  test("on $default, a message gets an error frame of API Gateway", async () => {
    const { aws, connect: open } = await startOwnStack();
    delete aws.functionNamed("websocket-handler").policy["api-gateway-default"];
    const client = await open();
    client.send(echo);
    expect(await client.nextText()).toMatch(
      /^\{"message": "Internal server error", "connectionId":"[\w-]{18}==", "requestId":"[\w-]{15}="\}$/,
    );
  });

  test("on $disconnect, no function runs", async () => {
    const { aws, connect: open, logs } = await startOwnStack();
    delete aws.functionNamed("websocket-handler").policy["api-gateway-disconnect"];
    const client = await open();
    client.socket.close();
    await client.closed;
    // A later event of another connection does run the function.
    const other = await open();
    expect(await other.ask(echo)).toMatchObject({ result: 1 });
    await logs.line(({ content }) => content["event"] === "reply posted");
    expect(logs.lines.filter(({ content }) => content["event"] === "disconnected")).toEqual([]);
  });
});
