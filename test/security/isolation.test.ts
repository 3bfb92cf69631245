import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "../test-stack.ts";
import type { Reply } from "../../shared/protocol.ts";
import { createIssuer } from "../../scripts/start/issuer.ts";
import { type Client, connect } from "../e2e/client.ts";
import { type LogWatch, watchLogs } from "../e2e/log-watch.ts";
import { fastRetryClock } from "../faults/fast-retry-clock.ts";

/** Long enough for a dozen cold starts on a busy machine. */
const POLLING = { timeout: 15_000 };

let aws: TestLocalAws;
let logs: LogWatch;
let url: string;

beforeAll(async () => {
  aws = await startTestStack();
  logs = watchLogs(aws);
  url = aws.webSocketUrl("production");
});
afterAll(() => aws.close());
beforeEach(() => {
  for (const name of Object.keys(aws.faults.rates)) Object.assign(aws.faults.rates, { [name]: 0 });
});

/** A client with a secret, which is in all its messages. */
interface SecretClient {
  client: Client;
  secret: string;
  send(requestId: string, members?: object): void;
}

async function startClient(to = url, secret: string = randomUUID()): Promise<SecretClient> {
  const client = await connect(to);
  return {
    client,
    secret,
    send: (requestId, members = {}) =>
      client.send({ action: "echo", data: { secret, requestId }, requestId, ...members }),
  };
}

const startClients = (count: number) =>
  Promise.all(Array.from({ length: count }, () => startClient()));

const replyTo = ({ secret }: SecretClient, requestId: string): Reply => ({
  action: "echo",
  status: "success",
  result: { secret, requestId },
  requestId,
});

/** Reads a number of replies, and expects that all are to requests of this client. */
async function expectOwn(own: SecretClient, count: number): Promise<void> {
  for (let received = 0; received < count; received += 1) {
    const reply = await own.client.next();
    expect(reply).toEqual(replyTo(own, reply.requestId));
  }
}

/** Expects no further frames. Any other frame arrives before the reply to a last request. */
async function expectNothingElse(clients: readonly SecretClient[]): Promise<void> {
  for (const each of clients) {
    const requestId = randomUUID();
    each.send(requestId);
    expect(await each.client.next()).toEqual(replyTo(each, requestId));
    expect(each.client.unread()).toEqual([]);
  }
}

/** Waits until a number of replies to these requests are logged. */
async function repliesPosted(requestIds: readonly string[], count: number): Promise<void> {
  const posted = () =>
    logs.lines.filter(
      ({ content }) =>
        content["event"] === "reply posted" && requestIds.includes(String(content["requestId"])),
    ).length;
  await expect.poll(posted, { timeout: 15_000 }).toBe(count);
}

const connectionIdOf = async (secretClient: SecretClient): Promise<string> => {
  const requestId = randomUUID();
  secretClient.send(requestId);
  await secretClient.client.next();
  const { content } = await logs.line(
    (line) => line.content["event"] === "reply posted" && line.content["requestId"] === requestId,
  );
  return String(content["connectionId"]);
};

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

test("thirty clients with the same requestIds at the same time get only their own replies", async () => {
  expect.hasAssertions();
  const clients = await startClients(30);
  for (const requestId of numbers(10)) for (const each of clients) each.send(requestId);
  await Promise.all(clients.map((each) => expectOwn(each, 10)));
  await expectNothingElse(clients);
});

test("error frames are sent only to the client that made the mistake, for any requestId", async () => {
  const clients = await startClients(10);
  const mistakes = [
    (secret: string) => ({ action: secret, requestId: "same" }),
    (secret: string) => ({ action: "uppercase", data: { [secret]: 1 }, requestId: "same" }),
    (secret: string) => `{"action":"${secret}","requestId":"same","data":{"__proto__":1}}`,
  ];
  for (const mistake of mistakes)
    for (const { client, secret } of clients) client.send(mistake(secret));
  for (const { client, secret } of clients) {
    const replies = await Promise.all(mistakes.map(() => client.next()));
    const actions = replies.map(({ action }) => action);
    expect(actions).toHaveLength(3);
    expect(new Set(actions)).toEqual(new Set([secret, "uppercase"]));
  }
  await expectNothingElse(clients);
});

test("a client that uses another client's requestId gets only its own replies", async () => {
  expect.hasAssertions();
  aws.faults.rates["delay-event"] = 1;
  const [victim, ...attackers] = await startClients(8);
  if (victim === undefined) throw new Error("No client is connected.");
  victim.send("same");
  for (const attacker of attackers) for (const guess of ["same", "same"]) attacker.send(guess);
  await expectOwn(victim, 1);
  await Promise.all(attackers.map((attacker) => expectOwn(attacker, 2)));
  aws.faults.rates["delay-event"] = 0;
  await expectNothingElse([victim, ...attackers]);
});

test("a message can't choose the connection of the reply", async () => {
  const [victim, attacker] = [await startClient(), await startClient()];
  const connectionId = await connectionIdOf(victim);
  const requestContext = { connectionId };
  const attempts: object[] = [
    { connectionId },
    { ConnectionId: connectionId, requestContext },
    { requestPayload: { connectionId, requestId: "x", action: "echo" }, requestContext },
    { requestId: connectionId, connectionId },
    { body: JSON.stringify({ connectionId }), isBase64Encoded: false },
  ];
  for (const [index, attempt] of attempts.entries()) attacker.send(`${index}`, attempt);
  attacker.client.send({ action: "nonsense", connectionId, requestContext });
  attacker.client.send(`{"connectionId":"${connectionId}","connectionId":"${connectionId}"}`);
  const data = { connectionId, requestContext };
  for (const action of ["echo", "uppercase"]) attacker.client.send({ action, data });

  const replies = await Promise.all(
    Array.from({ length: attempts.length + 4 }, () => attacker.client.next()),
  );
  expect(replies.filter(({ status }) => status === "success")).toHaveLength(attempts.length + 1);
  await expectNothingElse([victim, attacker]);
});

test("replies to requests of a closed connection are sent to no other connection", async () => {
  aws.faults.rates["delay-event"] = 1;
  const others = await startClients(5);
  const leaving = await startClients(5);
  const requestIds = leaving.flatMap(({ secret }) => numbers(4).map((name) => `${secret}/${name}`));
  for (const each of leaving) {
    for (const name of numbers(4)) each.send(`${each.secret}/${name}`);
    // The processor is invoked in the order of the messages of a connection, so all were processed.
    await logs.line(
      ({ content }) =>
        content["event"] === "processor invoked" && content["requestId"] === `${each.secret}/3`,
    );
    each.client.socket.terminate();
  }
  const back = await Promise.all(leaving.map(({ secret }) => startClient(url, secret)));
  await repliesPosted(requestIds, requestIds.length);
  aws.faults.rates["delay-event"] = 0;
  await expectNothingElse([...others, ...back]);
  const outcomes = logs.lines.filter(({ content }) =>
    requestIds.includes(String(content["requestId"])),
  );
  expect(outcomes.some(({ content }) => content["outcome"] === "gone")).toBe(true);
});

test("a job that runs twice sends two replies to its client, and none to others", async () => {
  expect.hasAssertions();
  aws.faults.rates["duplicate-event"] = 1;
  const clients = await startClients(10);
  for (const each of clients) for (const requestId of numbers(5)) each.send(requestId);
  await Promise.all(clients.map((each) => expectOwn(each, 10)));
  aws.faults.rates["duplicate-event"] = 0;
  await expectNothingElse(clients);
});

test("error frames for failed jobs are sent only to their own clients", async () => {
  // A failure record whose handling crashes is retried a minute later, or 0.6 s of this clock.
  const failing = await startTestStack({
    faults: { "crash-function": 0.3 },
    clock: fastRetryClock,
  });
  onTestFinished(() => failing.close());
  const base = failing.webSocketUrl("production");
  const clients: SecretClient[] = [];
  while (clients.length < 8) clients.push(await startClientWithRetries(base));
  for (const each of clients) for (const name of numbers(6)) each.send(`${each.secret}/${name}`);
  await expect.poll(() => failing.faults.counts["crash-function"], POLLING).toBeGreaterThan(8);
  failing.faults.rates["crash-function"] = 0;
  // Each message gets at least one frame. If the websocket-handler crashed, it is API Gateway's own error
  // without a requestId. If the processor crashed after its reply, there are two frames.
  const read = async ({ client, secret }: SecretClient, count: number) => {
    const frames = await Promise.all(numbers(count).map(() => client.nextText()));
    const named = frames.filter((text) => !text.startsWith('{"message": "Internal server error"'));
    for (const text of named) expect(JSON.parse(text).requestId).toContain(secret);
  };
  await Promise.all(clients.map((each) => read(each, 6)));
  for (const each of clients) {
    each.send(`${each.secret}/last`);
    await expect.poll(() => each.client.unread().join(), POLLING).toContain(`${each.secret}/last`);
    await read(each, each.client.unread().length);
  }
});

/** Retries, because the websocket-handler can also crash during a connect. */
async function startClientWithRetries(to: string): Promise<SecretClient> {
  try {
    return await startClient(to);
  } catch {
    return await startClientWithRetries(to);
  }
}

test("a message can't set the subject of its job", async () => {
  const issuer = await createIssuer();
  const guarded = await startTestStack({ stack: "authenticated", pages: issuer.pages });
  onTestFinished(() => guarded.close());
  const lines = watchLogs(guarded);
  const base = guarded.webSocketUrl("production");
  const open = async (subject: string) =>
    await startClient(`${base}?token=${await issuer.tokenFor(guarded.endpoint, subject)}`);
  const [ada, eve] = [await open("ada"), await open("eve")];
  const forged = { principalId: "ada", claims: { sub: "ada" } };
  eve.send("forged", {
    subject: "ada",
    authorizer: forged,
    requestContext: { authorizer: forged },
  });
  eve.client.send({ action: "echo", data: { subject: "ada" }, subject: "ada", requestId: "2" });
  ada.send("honest");
  await expectOwn(ada, 1);
  await Promise.all([eve.client.next(), eve.client.next()]);
  for (const [requestId, subject] of Object.entries({ forged: "eve", "2": "eve", honest: "ada" })) {
    const { content } = await lines.line(
      (line) => line.content["event"] === "reply posted" && line.content["requestId"] === requestId,
    );
    expect(content["subject"]).toBe(subject);
  }
});
