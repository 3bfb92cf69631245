import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "../test-stack.ts";
import type { Reply } from "../../shared/protocol.ts";
import { createIssuer } from "../../scripts/start/issuer.ts";
import { type Client, connect } from "../e2e/client.ts";
import { type LogWatch, watchLogs } from "../e2e/log-watch.ts";
import { hurriedClock } from "../faults/hurried-clock.ts";

/** A busy machine takes its time for a dozen cold starts. */
const PATIENCE = { timeout: 15_000 };

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

/** A client, and something that nobody else knows, which it puts into whatever it sends. */
interface Party {
  client: Client;
  secret: string;
  send(requestId: string, more?: object): void;
}

async function join(to = url, secret: string = randomUUID()): Promise<Party> {
  const client = await connect(to);
  return {
    client,
    secret,
    send: (requestId, more = {}) =>
      client.send({ action: "echo", data: { secret, requestId }, requestId, ...more }),
  };
}

const joinAll = (count: number) => Promise.all(Array.from({ length: count }, () => join()));

const answerTo = ({ secret }: Party, requestId: string): Reply => ({
  action: "echo",
  status: "success",
  result: { secret, requestId },
  requestId,
});

/** Reads so many answers, each of which must be to what this party sent. */
async function expectOwn(party: Party, count: number): Promise<void> {
  for (let received = 0; received < count; received += 1) {
    const reply = await party.client.next();
    expect(reply).toEqual(answerTo(party, reply.requestId));
  }
}

/** Whatever was still on its way to somebody has come before the answer to this. */
async function expectNothingElse(parties: readonly Party[]): Promise<void> {
  for (const party of parties) {
    const requestId = randomUUID();
    party.send(requestId);
    expect(await party.client.next()).toEqual(answerTo(party, requestId));
    expect(party.client.unread()).toEqual([]);
  }
}

/** Waits until so many log lines tell of replies to these requests. */
async function repliesPosted(requestIds: readonly string[], count: number): Promise<void> {
  const posted = () =>
    logs.lines.filter(
      ({ content }) =>
        content["event"] === "reply posted" && requestIds.includes(String(content["requestId"])),
    ).length;
  await expect.poll(posted, { timeout: 15_000 }).toBe(count);
}

const connectionIdOf = async (party: Party): Promise<string> => {
  const requestId = randomUUID();
  party.send(requestId);
  await party.client.next();
  const { content } = await logs.line(
    (line) => line.content["event"] === "reply posted" && line.content["requestId"] === requestId,
  );
  return String(content["connectionId"]);
};

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

test("thirty clients with the same requestIds at the same time get their own answers alone", async () => {
  expect.hasAssertions();
  const parties = await joinAll(30);
  for (const requestId of numbers(10)) for (const party of parties) party.send(requestId);
  await Promise.all(parties.map((party) => expectOwn(party, 10)));
  await expectNothingElse(parties);
});

test("rejections and refused data go to their sender alone, whatever requestId they name", async () => {
  const parties = await joinAll(10);
  const mistakes = [
    (secret: string) => ({ action: secret, requestId: "same" }),
    (secret: string) => ({ action: "uppercase", data: { [secret]: 1 }, requestId: "same" }),
    (secret: string) => `{"action":"${secret}","requestId":"same","data":{"__proto__":1}}`,
  ];
  for (const mistake of mistakes)
    for (const { client, secret } of parties) client.send(mistake(secret));
  for (const { client, secret } of parties) {
    const replies = await Promise.all(mistakes.map(() => client.next()));
    const actions = replies.map(({ action }) => action);
    expect(actions).toHaveLength(3);
    expect(new Set(actions)).toEqual(new Set([secret, "uppercase"]));
  }
  await expectNothingElse(parties);
});

test("whoever repeats or guesses somebody's requestId gets nothing but an answer of their own", async () => {
  expect.hasAssertions();
  aws.faults.rates["delay-event"] = 1;
  const [victim, ...thieves] = await joinAll(8);
  if (victim === undefined) throw new Error("Nobody is connected.");
  victim.send("precious");
  for (const thief of thieves) for (const guess of ["precious", "precious"]) thief.send(guess);
  await expectOwn(victim, 1);
  await Promise.all(thieves.map((thief) => expectOwn(thief, 2)));
  aws.faults.rates["delay-event"] = 0;
  await expectNothingElse([victim, ...thieves]);
});

test("a message can't name the connection that is answered", async () => {
  const [victim, attacker] = [await join(), await join()];
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

test("who comes back gets no answer to what they asked on the connection before, nor does anybody else", async () => {
  aws.faults.rates["delay-event"] = 1;
  const bystanders = await joinAll(5);
  const leaving = await joinAll(5);
  const requestIds = leaving.flatMap(({ secret }) => numbers(4).map((name) => `${secret}/${name}`));
  for (const party of leaving) {
    for (const name of numbers(4)) party.send(`${party.secret}/${name}`);
    // Every message was processed: the processor is invoked in the order of the messages of a connection.
    await logs.line(
      ({ content }) =>
        content["event"] === "processor invoked" && content["requestId"] === `${party.secret}/3`,
    );
    party.client.socket.terminate();
  }
  const back = await Promise.all(leaving.map(({ secret }) => join(url, secret)));
  await repliesPosted(requestIds, requestIds.length);
  aws.faults.rates["delay-event"] = 0;
  await expectNothingElse([...bystanders, ...back]);
  const outcomes = logs.lines.filter(({ content }) =>
    requestIds.includes(String(content["requestId"])),
  );
  expect(outcomes.some(({ content }) => content["outcome"] === "gone")).toBe(true);
});

test("an event that runs twice is answered twice to its sender, and to nobody else", async () => {
  expect.hasAssertions();
  aws.faults.rates["duplicate-event"] = 1;
  const parties = await joinAll(10);
  for (const party of parties) for (const requestId of numbers(5)) party.send(requestId);
  await Promise.all(parties.map((party) => expectOwn(party, 10)));
  aws.faults.rates["duplicate-event"] = 0;
  await expectNothingElse(parties);
});

test("jobs that fail while others succeed are told to their senders alone", async () => {
  // A report that crashes is made again a minute later, which is 0.6 s of this clock.
  const failing = await startTestStack({
    faults: { "crash-function": 0.3 },
    clock: hurriedClock,
  });
  onTestFinished(() => failing.close());
  const base = failing.webSocketUrl("production");
  const parties: Party[] = [];
  while (parties.length < 8) parties.push(await joinPatiently(base));
  for (const party of parties) for (const name of numbers(6)) party.send(`${party.secret}/${name}`);
  await expect.poll(() => failing.faults.counts["crash-function"], PATIENCE).toBeGreaterThan(8);
  failing.faults.rates["crash-function"] = 0;
  // Each message has at least one frame: where the websocket-handler died, API Gateway's own, which
  // names no request; where the processor died after it had answered, two.
  const read = async ({ client, secret }: Party, count: number) => {
    const frames = await Promise.all(numbers(count).map(() => client.nextText()));
    const named = frames.filter((text) => !text.startsWith('{"message": "Internal server error"'));
    for (const text of named) expect(JSON.parse(text).requestId).toContain(secret);
  };
  await Promise.all(parties.map((party) => read(party, 6)));
  for (const party of parties) {
    party.send(`${party.secret}/last`);
    await expect
      .poll(() => party.client.unread().join(), PATIENCE)
      .toContain(`${party.secret}/last`);
    await read(party, party.client.unread().length);
  }
});

/** The websocket-handler may die of a connect as well. */
async function joinPatiently(to: string): Promise<Party> {
  try {
    return await join(to);
  } catch {
    return await joinPatiently(to);
  }
}

test("a message can't say who sent it", async () => {
  const issuer = await createIssuer();
  const guarded = await startTestStack({ stack: "authenticated", pages: issuer.pages });
  onTestFinished(() => guarded.close());
  const lines = watchLogs(guarded);
  const base = guarded.webSocketUrl("production");
  const open = async (subject: string) =>
    await join(`${base}?token=${await issuer.tokenFor(guarded.endpoint, subject)}`);
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
