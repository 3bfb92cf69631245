import { randomBytes } from "node:crypto";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { describe, expect, onTestFinished, test } from "vitest";
import type { FaultRates, WrittenLogEvent } from "@websocket-lambda/local-aws";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import type { StackName } from "../../scripts/start/stack.ts";
import { startTestStack } from "../test-stack.ts";
import { createIssuer } from "../../scripts/start/issuer.ts";
import { connect, sendInFragments } from "../e2e/client.ts";
import { countDeadLetters } from "../e2e/dead-letters.ts";
import type { LogWatch } from "../e2e/log-watch.ts";

/** A stack whose logs are searched for secrets of clients. */
interface LeakCheckedStack {
  aws: TestLocalAws;
  url: string;
  logs: LogWatch;
  /** Returns a different secret for each place, so that a leak shows its origin. */
  secret(place: string): string;
  token(): Promise<string>;
  /** Expects that all logs have lines, and that none contains a secret in any encoding. */
  expectNoLeak(): void;
}

async function startLeakCheckedStack(
  stack: StackName = "open",
  faults: FaultRates = {},
): Promise<LeakCheckedStack> {
  const issuer = await createIssuer();
  const aws = await startTestStack({ faults, stack, pages: issuer.pages });
  onTestFinished(() => aws.close());
  const events: WrittenLogEvent[] = [];
  aws.subscribe({ log: (event) => events.push(event) });
  const secrets = new Map<string, string>();
  const url = aws.webSocketUrl("production");
  return {
    aws,
    url,
    logs: aws.logs,
    secret(place) {
      const secret = secrets.get(place) ?? randomBytes(12).toString("hex");
      secrets.set(place, secret);
      return secret;
    },
    token: () => issuer.tokenFor(aws.endpoint, "ada"),
    expectNoLeak() {
      const groups = new Set(events.map(({ logGroupName }) => logGroupName));
      for (const group of GROUPS[stack]) expect(groups).toContain(group);
      const leaks = [...secrets].filter(([, secret]) =>
        events.some(({ message }) => isIn(message, secret)),
      );
      expect(leaks.map(([place]) => place)).toEqual([]);
    },
  };
}

const ACCESS_LOG = "/aws/apigateway/websocket-lambda";
const logGroup = (name: string) => `/aws/lambda/websocket-lambda-${name}`;
const GROUPS: Record<StackName, string[]> = {
  open: [ACCESS_LOG, logGroup("processor"), logGroup("websocket-handler")],
  authenticated: [ACCESS_LOG, ...["authorizer", "processor", "websocket-handler"].map(logGroup)],
};

/**
 * Returns whether a text contains a secret of hexadecimal digits: unchanged, reversed, as a list of
 * bytes, in hexadecimal, or in base64 at any offset. URLs and JSON do not escape these digits.
 */
function isIn(message: string, secret: string): boolean {
  const bytes = Buffer.from(secret);
  const reversed = Buffer.from(bytes.toReversed()).toString();
  const base64 = [0, 1, 2].map((offset) =>
    // The first and the last characters also contain bits of the adjacent bytes.
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64url")
      .slice(offset + 1, -4),
  );
  const lowerCase = message.toLowerCase();
  return (
    [secret, reversed, [...bytes].join(), bytes.toString("hex")].some((form) =>
      lowerCase.includes(form),
    ) || base64.some((form) => message.replaceAll("+", "-").replaceAll("/", "_").includes(form))
  );
}

test("a secret is recognized in every encoding in which it could be logged", () => {
  const secret = randomBytes(12).toString("hex");
  for (const text of [`x${secret}`, `xy${secret}y`, JSON.stringify({ secret }), `xyz "${secret}`]) {
    expect(isIn(text, secret)).toBe(true);
    expect(isIn(text.toUpperCase(), secret)).toBe(true);
    expect(isIn(encodeURIComponent(text), secret)).toBe(true);
    expect(isIn(JSON.stringify(JSON.stringify(text)), secret)).toBe(true);
    for (const encoding of ["base64", "base64url", "hex"] as const)
      expect(isIn(Buffer.from(text).toString(encoding), secret)).toBe(true);
    expect(isIn(JSON.stringify(Buffer.from(text)), secret)).toBe(true);
  }
  expect(isIn(randomBytes(1000).toString("base64"), secret)).toBe(false);
});

/** All parts of a handshake that a client can choose. */
const handshake = ({ secret }: LeakCheckedStack) => ({
  query: `?${secret("query name")}=1&x=${secret("query")}&y=%22${secret("query, escaped")}`,
  headers: {
    Authorization: `Bearer ${secret("Authorization")}`,
    Cookie: `session=${secret("Cookie")}`,
    Origin: `https://${secret("Origin")}.example`,
    "User-Agent": secret("User-Agent"),
    "X-Forwarded-For": secret("X-Forwarded-For"),
    "X-Custom": `"${secret("X-Custom")}"`,
    [`X-${secret("header name")}`]: "1",
  },
});

test("no data of a client is logged except for its requestId", async () => {
  const stack = await startLeakCheckedStack();
  const { secret, logs, url } = stack;
  const { query, headers } = handshake(stack);
  const host = `${secret("Host")}.localhost:${new URL(stack.aws.endpoint).port}`;
  const client = await connect(url + query, { headers: { ...headers, Host: host } }, [
    "websocket-lambda",
    secret("subprotocol"),
  ]);

  const text = `"${secret("data")}" é`;
  for (const action of ["echo", "uppercase", "reverse", "timestamp"])
    expect(await client.ask({ action, data: { text } })).toMatchObject({ status: "success" });

  const key = secret("a key of data");
  const unknown = { [secret("unknown key")]: 1, token: secret("unknown member") };
  expect(await client.ask({ action: "echo", data: { [key]: 1 }, ...unknown })).toMatchObject({
    status: "success",
  });
  const long = secret("a requestId too long").repeat(10);
  const rejected: [message: unknown, code: string][] = [
    [{ action: secret("action") }, "UNKNOWN_ACTION"],
    [{ action: secret("an action too long").repeat(10) }, "INVALID_REQUEST"],
    [{ action: { [secret("action that is not a string")]: 1 } }, "INVALID_REQUEST"],
    [{ action: "echo", requestId: long }, "INVALID_REQUEST"],
    [
      { action: "echo", requestId: { id: secret("requestId that is not a string") } },
      "INVALID_REQUEST",
    ],
    [{ action: "uppercase", data: { text: [secret("invalid data")] } }, "INVALID_DATA"],
    [{ action: "uppercase", data: secret("data that is not an object") }, "INVALID_DATA"],
    [secret("a text that is not JSON"), "INVALID_JSON"],
    [`{"action":"echo","data":"${secret("broken JSON")}`, "INVALID_JSON"],
    [`["${secret("a list")}"]`, "INVALID_REQUEST"],
    [`{"action":"echo","__proto__":"${secret("a forbidden value")}"}`, "INVALID_REQUEST"],
    [`{"constructor":{"prototype":"${secret("a forbidden prototype")}"}}`, "INVALID_REQUEST"],
    [
      `{"data":"${secret("next to deep data")}","x":${"[".repeat(1001)}${"]".repeat(1001)}}`,
      "INVALID_REQUEST",
    ],
  ];
  for (const [message, code] of rejected)
    expect(await client.ask(message)).toMatchObject({ error: { code } });

  const large = JSON.stringify({
    action: "uppercase",
    data: { text: "ΐ".repeat(40_000) + secret("too large a result") },
  });
  sendInFragments(client.socket, large, 32 * 1024);
  expect(await client.next()).toMatchObject({ error: { code: "RESULT_TOO_LARGE" } });
  client.socket.ping(secret("ping"));
  client.socket.pong(secret("pong"));

  // The requestId is logged, so that a request can be found in the logs.
  await client.ask({ action: "echo", requestId: "findable" });
  await logs.line(({ content }) => content["requestId"] === "findable");

  client.socket.close(4000, secret("reason of the close"));
  await logs.line(({ content }) => content["code"] === 4000);
  for (const [place, bytes, binary] of [
    ["binary frame", Buffer.from(secret("binary frame")), true],
    ["invalid UTF-8", Buffer.from(`${secret("invalid UTF-8")}\xff`, "latin1"), false],
    ["frame over 32 KB", Buffer.from(secret("frame over 32 KB").repeat(2000)), false],
  ] as const) {
    const other = await connect(url);
    other.socket.send(bytes, { binary });
    const { code } = await other.closed;
    await logs.line(({ content }) => content["code"] === code);
    expect(code, `after a ${place}`).toBeGreaterThan(1002);
  }
  stack.expectNoLeak();
});

test("no data of a client whose origin is refused is logged", async () => {
  const stack = await startLeakCheckedStack();
  variablesOf(stack, "websocket-handler")["ALLOWED_ORIGINS"] = "https://good.example";
  const { query, headers } = handshake(stack);
  const subprotocols = ["websocket-lambda", stack.secret("subprotocol")];
  await expect(connect(stack.url + query, { headers }, subprotocols)).rejects.toThrow("403");
  const { ask } = await connect(stack.url);
  await ask({ action: "echo" });
  await stack.logs.line(({ content }) => content["event"] === "reply posted");
  stack.expectNoLeak();
});

test("no data of a client is logged by the authorizer, whether it is accepted or refused", async () => {
  const stack = await startLeakCheckedStack("authenticated");
  const { secret, url, logs, token } = stack;
  const { query, headers } = handshake(stack);
  const refused: [string, string[], status: string][] = [
    [query, [], "401"],
    [query, ["websocket-lambda", secret("an invalid token")], "403"],
    [`${query}&token=${secret("an invalid token in the query")}`, [], "403"],
  ];
  for (const [search, subprotocols, status] of refused)
    await expect(connect(url + search, { headers }, subprotocols)).rejects.toThrow(status);

  const client = await connect(`${url}${query}&token=${await token()}`, { headers });
  await client.ask({ action: "echo", data: secret("data"), subject: secret("subject") });
  await logs.line(({ content }) => content["event"] === "reply posted");
  stack.expectNoLeak();
});

const variablesOf = ({ aws }: LeakCheckedStack, name: string): Record<string, string> => {
  const functions = aws.state.regions["us-east-1"]?.lambda.functions ?? {};
  const variables = functions[`websocket-lambda-${name}`]?.configuration.Environment?.Variables;
  if (variables === undefined) throw new Error(`The ${name} has no variables.`);
  return variables;
};

/** Messages with secrets that the websocket-handler rejects. */
const rejectedMessages = ({ secret }: LeakCheckedStack): unknown[] => [
  secret("a text that is not JSON"),
  `{"action":"echo","data":"${secret("broken JSON")}`,
  `{"action":"echo","__proto__":"${secret("a forbidden value")}"}`,
  { action: { [secret("no action")]: 1 }, data: secret("data of no action") },
  `{"data":"${secret("next to deep data")}","x":${"[".repeat(1001)}${"]".repeat(1001)}}`,
];

describe("no message is logged after a failure", () => {
  const INTERNAL_ERROR = /^\{"message": "Internal server error"/;
  const hasCode = (code: string) => new RegExp(`"code":"${code}"`);

  test("of the post of its rejection", async () => {
    const stack = await startLeakCheckedStack("open", { "fail-connections": 1 });
    const client = await connect(stack.url);
    for (const message of rejectedMessages(stack)) {
      client.send(message);
      expect(await client.nextText()).toMatch(INTERNAL_ERROR);
    }
    client.send({ action: "echo", data: stack.secret("data") });
    await stack.logs.line(
      ({ level, logGroupName }) => level === "ERROR" && logGroupName.includes("processor"),
    );
    stack.expectNoLeak();
  });

  test("of the Invoke of the processor", async () => {
    const stack = await startLeakCheckedStack();
    const { faults } = stack.aws;
    const { secret, url } = stack;
    const client = await connect(url);
    await client.ask({ action: "echo" });
    const message = { action: "echo", data: secret("data"), [secret("key")]: 1 };
    for (const fault of ["fail-invoke", "throttle-invoke"] as const) {
      faults.rates[fault] = 1;
      client.send(message);
      expect(await client.nextText()).toMatch(hasCode("UNAVAILABLE"));
      faults.rates["fail-connections"] = 1;
      client.send(message);
      expect(await client.nextText()).toMatch(INTERNAL_ERROR);
      Object.assign(faults.rates, { [fault]: 0, "fail-connections": 0 });
    }
    stack.expectNoLeak();
  });

  test("of the post of its result, also when Lambda sends it to the dead-letter queue", async () => {
    const stack = await startLeakCheckedStack();
    const { secret, url } = stack;
    variablesOf(stack, "processor")["MANAGEMENT_ENDPOINT"] = "http://127.0.0.1:9/nobody";
    const client = await connect(url);
    for (const action of ["echo", secret("action")]) {
      client.send({ action, data: { [secret("key")]: secret("data") } });
      expect(await client.nextText()).toMatch(hasCode("PROCESSING_FAILED"));
    }
    expect(await countDeadLetters(stack.aws)).toBe(2);
    stack.expectNoLeak();
  });

  test("of a function that crashes, or of the connection", async () => {
    const stack = await startLeakCheckedStack();
    const { faults } = stack.aws;
    const { secret, url, logs } = stack;
    const client = await connect(url);
    await client.ask({ action: "echo" });
    faults.rates["crash-function"] = 1;
    // The function can reply before it crashes.
    const crashes = async () => {
      client.send({ action: "echo", data: secret("data of a crash") });
      return INTERNAL_ERROR.test(await client.nextText());
    };
    await expect.poll(crashes, { timeout: 15_000 }).toBe(true);

    faults.rates["crash-function"] = 0;
    const vanishing = await connect(url);
    faults.rates["vanish-before-post"] = 1;
    vanishing.send({
      action: "echo",
      data: secret("data of a lost connection"),
      requestId: "last",
    });
    await logs.line(
      ({ content }) => content["outcome"] === "gone" && content["requestId"] === "last",
    );
    stack.expectNoLeak();
  });

  test("of an invocation of the processor with an event that is not a job", async () => {
    const stack = await startLeakCheckedStack();
    const { secret, url, aws, logs } = stack;
    await (await connect(url)).ask({ action: "echo" });
    const events = [
      { requestId: "x", action: "echo", data: secret("data without a connection") },
      { connectionId: [secret("no connection")], requestId: "x", action: "echo", data: 1 },
      secret("not an object"),
    ];
    for (const event of events) {
      const lambda = createLambdaClientFor(aws);
      const { FunctionError } = await lambda.send(
        new InvokeCommand({
          FunctionName: "websocket-lambda-processor",
          Payload: JSON.stringify(event),
        }),
      );
      expect(FunctionError).toBe("Unhandled");
    }
    await logs.line(({ level }) => level === "ERROR");
    stack.expectNoLeak();
  });
});

const createLambdaClientFor = ({ endpoint }: TestLocalAws) =>
  new LambdaClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
