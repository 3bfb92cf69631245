import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "./test-stack.ts";
import { LOG_VOLUME, type LogVolume } from "../scripts/cost/log-volume.ts";
import { connect } from "./e2e/client.ts";

const MESSAGES = 200;

/** Six lines of functions and two of the access log, for each message and for the connection. */
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
  /** Of the invocation or the request that the line is about. */
  requestId: string;
  /** The line tells of a connect or a disconnect. */
  isOfConnection: boolean;
  bytes: number;
}

/** The next so many lines, without those of cold starts. */
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

/** What each of several messages or connections has of the lines. */
const volumeOf = (lines: Line[], times: number): LogVolume => ({
  events: lines.length / times,
  bytes: lines.reduce((sum, { bytes }) => sum + bytes, 0) / times,
});

/** What messages of a new connection write, and the connection, as the keys of `LOG_VOLUME` say. */
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

/** Durations have more or fewer digits from run to run, and cold starts one more. */
const about = ({ events, bytes }: LogVolume) => ({
  events,
  bytes: expect.toSatisfy((measured: number) => Math.abs(measured / bytes - 1) < 0.05),
});

const request = { action: "uppercase", data: { text: "hello" } };

test("a message and a connection write as much log as the calculation of costs assumes", async () => {
  const { messageFunctions, messageAccess, connectionFunctions, connectionAccess } = LOG_VOLUME;
  expect(await measure(request)).toEqual({
    messageFunctions: about(messageFunctions),
    messageAccess: about(messageAccess),
    connectionFunctions: about(connectionFunctions),
    connectionAccess: about(connectionAccess),
  });
}, 60_000);

test("no requestId makes longer lines than the calculation of an attack assumes", async () => {
  // JSON writes each of these in six bytes; no character takes more.
  const { messageFunctions } = await measure({ ...request, requestId: "\u0001".repeat(128) });
  expect(messageFunctions).toEqual(about(LOG_VOLUME.attackFunctions));
}, 60_000);

test("a ping writes as much log as the calculation of keep-alives assumes", async () => {
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
