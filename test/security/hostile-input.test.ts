import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createIssuer } from "../../scripts/start/issuer.ts";
import { sendInFragments } from "../e2e/client.ts";
import { type Besieged, expectUnpolluted, startBesieged } from "./besieged-stack.ts";
import { headers, OURS, queries, tokens } from "./hostile-handshakes.ts";
import { frames, messages } from "./hostile-messages.ts";
import { exchange, handshake } from "./raw-exchange.ts";

const FRAME_LIMIT = 32 * 1024;
const issuer = await createIssuer();

describe.each(["open", "authenticated"] as const)("the %s stack", (stack) => {
  let besieged: Besieged;
  beforeAll(async () => {
    besieged = await startBesieged(stack, issuer);
  });
  afterAll(() => besieged.close());
  afterEach(() => besieged.expectUnharmed());

  test.for(messages)("answers %s", async ([, text, expected]) => {
    const client = await besieged.open();
    if (text === "") client.send(text);
    else sendInFragments(client.socket, text, FRAME_LIMIT);
    const reply = await client.nextText();
    expect(reply).not.toContain("Internal server error");
    expect(JSON.parse(reply)).toMatchObject(expected);
    await expectUnpolluted(client);
    expect(client.unread()).toEqual([]);
  });

  test.for(frames)("closes the connection after %s", async ([, bytes, binary, code]) => {
    const client = await besieged.open();
    client.socket.send(bytes, { binary });
    expect(await client.closed).toMatchObject({ code });
    expect(client.unread()).toEqual([]);
  });

  const path = "/_aws/execute-api/websocket0/production";
  const shake = async (target: string, lines: readonly string[]) => {
    const answer = await exchange(
      besieged.port(),
      handshake(target, [`Host: localhost:${besieged.port()}`, ...lines]),
    );
    expectNothingInjected(answer);
    return answer.split("\r\n")[0];
  };

  test.for(headers)("bears %s in a handshake", async ([, lines, expected]) => {
    expect(await shake(path + (await besieged.query()), lines)).toMatch(expected);
  });

  test.for(queries)("bears %s in a query", async ([, query, expected]) => {
    const own = await besieged.query();
    expect(await shake(`${path}${own === "" ? "?" : `${own}&`}${query}`, [])).toMatch(expected);
  });

  test.runIf(stack === "authenticated").for(tokens)("refuses the token %s", async (token) => {
    expect(await shake(`${path}?token=${token}`, [])).toMatch(/40[13]/);
    expect(await shake(path, [`${OURS}, ${token}`])).toMatch(/40[013]/);
  });
});

/** The headers that API Gateway itself writes, and no other; and of subprotocols only ours. */
function expectNothingInjected(answer: string): void {
  const [, ...lines] = answer.split(/\r\n|\r|\n/);
  for (const line of lines) {
    const [name = "", value = ""] = line.split(": ");
    expect(ANSWER_HEADERS).toContain(name.toLowerCase());
    if (name.toLowerCase() === "sec-websocket-protocol") expect(value).toBe("websocket-lambda");
  }
}

const ANSWER_HEADERS = [
  "connection",
  "content-length",
  "content-type",
  "date",
  "sec-websocket-accept",
  "sec-websocket-protocol",
  "upgrade",
  "x-amz-apigw-id",
];
