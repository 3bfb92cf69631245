import { describe, expect, test } from "vitest";
import { readTerraformDefaults } from "../../scripts/model/terraform-defaults.ts";
import { type Client, connect } from "./client.ts";
import { paced } from "./pace.ts";
import type { Target } from "./target.ts";

const CONNECTIONS = 50;
const MESSAGES = 40;
const IN_FLIGHT = 4;

/** Messages a second, over all connections. A stage refuses none as long as they are below its limit. */
const RATE = 0.8 * readTerraformDefaults().throttlingRate;

/** Sends its messages in turn, never more than four unanswered, and collects every reply. */
async function converse(
  client: Client,
  name: number,
  turn: () => Promise<void>,
): Promise<Map<string, unknown[]>> {
  const replies = new Map<string, unknown[]>();
  const send = async (number: number) => {
    await turn();
    const requestId = `${name}/${number}`;
    client.send({ action: "echo", data: { name, number }, requestId });
  };
  for (let number = 0; number < IN_FLIGHT; number += 1) await send(number);
  for (let received = 0; received < MESSAGES; received += 1) {
    const reply = await client.next();
    const result = reply.status === "success" ? reply.result : reply.error;
    replies.set(reply.requestId, [...(replies.get(reply.requestId) ?? []), result]);
    if (received + IN_FLIGHT < MESSAGES) await send(received + IN_FLIGHT);
  }
  return replies;
}

export const loadTests = (target: Target) =>
  describe("load", () => {
    test("2,000 messages over 50 connections get one reply each, at the connection they came from", async () => {
      const clients = await Promise.all(
        Array.from({ length: CONNECTIONS }, () => connect(target.url)),
      );
      const turn = paced(RATE);
      const conversations = await Promise.all(
        clients.map((client, name) => converse(client, name, turn)),
      );
      for (const [name, replies] of conversations.entries()) {
        expect(replies.size).toBe(MESSAGES);
        for (let number = 0; number < MESSAGES; number += 1)
          expect(replies.get(`${name}/${number}`)).toEqual([{ name, number }]);
      }
      expect(clients.flatMap((client) => client.unread())).toEqual([]);
    }, 120_000);
  });
