import { describe, expect, test } from "vitest";
import { type Client, connect } from "./client.ts";
import type { Target } from "./target.ts";

const CONNECTIONS = 50;
const MESSAGES = 40;
const IN_FLIGHT = 4;

/** Sends its messages, never more than four unanswered, and collects every reply. */
async function converse(client: Client, name: number): Promise<Map<string, unknown[]>> {
  const replies = new Map<string, unknown[]>();
  const send = (number: number) => {
    const requestId = `${name}/${number}`;
    client.send({ action: "echo", data: { name, number }, requestId });
  };
  for (let number = 0; number < IN_FLIGHT; number += 1) send(number);
  for (let received = 0; received < MESSAGES; received += 1) {
    const reply = await client.next();
    const result = reply.status === "success" ? reply.result : reply.error;
    replies.set(reply.requestId, [...(replies.get(reply.requestId) ?? []), result]);
    if (received + IN_FLIGHT < MESSAGES) send(received + IN_FLIGHT);
  }
  return replies;
}

export const loadTests = (target: Target) =>
  describe("load", () => {
    test("2,000 messages over 50 connections get one reply each, at the connection they came from", async () => {
      const clients = await Promise.all(
        Array.from({ length: CONNECTIONS }, () => connect(target.url)),
      );
      const conversations = await Promise.all(clients.map(converse));
      for (const [name, replies] of conversations.entries()) {
        expect(replies.size).toBe(MESSAGES);
        for (let number = 0; number < MESSAGES; number += 1)
          expect(replies.get(`${name}/${number}`)).toEqual([{ name, number }]);
      }
      expect(clients.flatMap((client) => client.unread())).toEqual([]);
    }, 60_000);
  });
