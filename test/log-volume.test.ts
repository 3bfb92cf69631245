import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { regionOf, type TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "./test-stack.ts";
import { LOG_VOLUME, type LogVolume } from "../scripts/cost/log-volume.ts";
import { connect } from "./e2e/client.ts";

const MESSAGES = 200;

/** The functions write six lines and the access log two, for each message and for the connection. */
const LINES = 8 * (MESSAGES + 1);

let local: TestLocalAws;
beforeAll(async () => {
  local = await startTestStack();
});
afterAll(async () => {
  await local.close();
});

interface Line {
  isAccess: boolean;
  /** Of the invocation or the request of the line. */
  requestId: string;
  /** Whether the line belongs to a connect or a disconnect. */
  isOfConnection: boolean;
  bytes: number;
}

/** Waits for this number of lines, without those of cold starts. */
function nextLines(count: number): Promise<Line[]> {
  const lines: Line[] = [];
  return new Promise((resolve) => {
    const stop = local.subscribe({
      log({ logGroupName, message }) {
        const { type, record, requestId, eventType, message: content } = JSON.parse(message);
        if (type === "platform.initStart") return;
        lines.push({
          isAccess: logGroupName.startsWith("/aws/apigateway/"),
          requestId: requestId ?? record.requestId,
          isOfConnection: /CONNECT$|connected$/.test(eventType ?? content?.event),
          bytes: Buffer.byteLength(message),
        });
        if (lines.length < count) return;
        stop();
        resolve(lines);
      },
    });
  });
}

/** Returns the lines and bytes per message or connection. */
const volumeOf = (lines: Line[], times: number): LogVolume => ({
  events: lines.length / times,
  bytes: lines.reduce((sum, { bytes }) => sum + bytes, 0) / times,
});

/** Measures a new connection and its messages, with the keys of `LOG_VOLUME`. */
async function measure(request: object) {
  const reading = nextLines(LINES);
  const client = await connect(local.webSocketUrl("production"));
  for (let number = 0; number < MESSAGES; number += 1) await client.ask(request);
  client.socket.close();
  const lines = await reading;

  const ofConnection = new Set(
    lines.filter(({ isOfConnection }) => isOfConnection).map(({ requestId }) => requestId),
  );
  const select = (access: boolean, connection: boolean) =>
    lines.filter(
      ({ isAccess, requestId }) =>
        isAccess === access && ofConnection.has(requestId) === connection,
    );
  return {
    messageFunctions: volumeOf(select(false, false), MESSAGES),
    messageAccess: volumeOf(select(true, false), MESSAGES),
    connectionFunctions: volumeOf(select(false, true), 1),
    connectionAccess: volumeOf(select(true, true), 1),
  };
}

/** Matches within a tolerance, because the digits of durations differ from run to run. */
const about = ({ events, bytes }: LogVolume) => ({
  events,
  bytes: expect.toSatisfy((measured: number) => Math.abs(measured / bytes - 1) < 0.05),
});

const request = { action: "uppercase", data: { text: "hello" } };

test("a message and a connection log as much as the calculation of costs assumes", async () => {
  const { messageFunctions, messageAccess, connectionFunctions, connectionAccess } = LOG_VOLUME;
  expect(await measure(request)).toEqual({
    messageFunctions: about(messageFunctions),
    messageAccess: about(messageAccess),
    connectionFunctions: about(connectionFunctions),
    connectionAccess: about(connectionAccess),
  });
}, 60_000);

test("no requestId causes longer lines than the calculation of an attack assumes", async () => {
  // JSON encodes each of these characters in six bytes, the maximum.
  const { messageFunctions } = await measure({ ...request, requestId: "\u0001".repeat(128) });
  expect(messageFunctions).toEqual(about(LOG_VOLUME.attackFunctions));
}, 60_000);

test("a ping logs as much as the calculation of keep-alives assumes", async () => {
  const client = await connect(local.webSocketUrl("production"));
  await client.ask({ action: "ping" });
  const reading = nextLines(4 * MESSAGES);
  for (let number = 0; number < MESSAGES; number += 1) await client.ask({ action: "ping" });
  const lines = await reading;
  const functions = lines.filter(({ isAccess, isOfConnection }) => !isAccess && !isOfConnection);
  const access = lines.filter(({ isAccess, isOfConnection }) => isAccess && !isOfConnection);
  expect(volumeOf(functions, MESSAGES)).toEqual(about(LOG_VOLUME.pingFunctions));
  expect(volumeOf(access, MESSAGES)).toEqual(about(LOG_VOLUME.messageAccess));
}, 60_000);

test("with the system log level WARN, a successful message has no lines of Lambda itself", async () => {
  const quiet = await startTestStack();
  onTestFinished(() => quiet.close());
  const { functions } = regionOf(quiet.state, "us-east-1").lambda;
  for (const { configuration } of Object.values(functions))
    configuration.LoggingConfig.SystemLogLevel = "WARN";
  const types: string[] = [];
  quiet.subscribe({
    log({ message }) {
      const { type, level } = JSON.parse(message);
      types.push(type ?? level);
    },
  });
  const client = await connect(quiet.webSocketUrl("production"));
  await client.ask(request);
  await expect.poll(() => types.filter((type) => type === "INFO")).toHaveLength(3);
  expect(types.filter((type) => type?.startsWith("platform."))).toEqual([]);
});
