import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createIssuer } from "../../scripts/start/issuer.ts";
import { sendInFragments } from "../e2e/client.ts";
import { type AttackedStack, expectReply, startAttackedStack } from "./attacked-stack.ts";
import { headers, OURS, queries, tokens } from "./hostile-handshakes.ts";
import { frames, messages } from "./hostile-messages.ts";
import { exchange, handshake } from "./raw-exchange.ts";

const FRAME_LIMIT = 32 * 1024;
const issuer = await createIssuer();

describe.each(["open", "authenticated"] as const)("the %s stack", (stack) => {
  let attacked: AttackedStack;
  beforeAll(async () => {
    attacked = await startAttackedStack(stack, issuer);
  });
  afterAll(() => attacked.close());
  afterEach(() => attacked.expectUnharmed());

  test.for(messages)("replies to %s", async ([, text, expected]) => {
    const client = await attacked.open();
    if (text === "") client.send(text);
    else sendInFragments(client.socket, text, FRAME_LIMIT);
    const reply = await client.nextText();
    expect(reply).not.toContain("Internal server error");
    expect(JSON.parse(reply)).toMatchObject(expected);
    await expectReply(client);
    expect(client.unread()).toEqual([]);
  });

  test.for(frames)("closes the connection after %s", async ([, bytes, binary, code]) => {
    const client = await attacked.open();
    client.socket.send(bytes, { binary });
    expect(await client.closed).toMatchObject({ code });
    expect(client.unread()).toEqual([]);
  });

  const path = "/_aws/execute-api/websocket0/production";
  const shake = async (target: string, lines: readonly string[]) => {
    const response = await exchange(
      attacked.port(),
      handshake(target, [`Host: localhost:${attacked.port()}`, ...lines]),
    );
    expectNothingInjected(response);
    return response.split("\r\n")[0];
  };

  test.for(headers)("responds to a handshake with %s", async ([, lines, expected]) => {
    expect(await shake(path + (await attacked.query()), lines)).toMatch(expected);
  });

  test.for(queries)("responds to a handshake with %s in the query", async ([, query, expected]) => {
    const own = await attacked.query();
    expect(await shake(`${path}${own === "" ? "?" : `${own}&`}${query}`, [])).toMatch(expected);
  });

  test.runIf(stack === "authenticated").for(tokens)("refuses the token %s", async (token) => {
    expect(await shake(`${path}?token=${token}`, [])).toMatch(/40[13]/);
    expect(await shake(path, [`${OURS}, ${token}`])).toMatch(/40[013]/);
  });
});

/** Expects only the headers of API Gateway itself, and no other subprotocol than `websocket-lambda`. */
function expectNothingInjected(response: string): void {
  const [, ...lines] = response.split(/\r\n|\r|\n/);
  for (const line of lines) {
    const [name = "", value = ""] = line.split(": ");
    expect(RESPONSE_HEADERS).toContain(name.toLowerCase());
    if (name.toLowerCase() === "sec-websocket-protocol") expect(value).toBe("websocket-lambda");
  }
}

const RESPONSE_HEADERS = [
  "connection",
  "content-length",
  "content-type",
  "date",
  "sec-websocket-accept",
  "sec-websocket-protocol",
  "upgrade",
  "x-amz-apigw-id",
];
