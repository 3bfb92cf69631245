import { describe, expect, test } from "vitest";
import { type Client, connect } from "./client.ts";
import { paced } from "./pace.ts";
import { loadFor } from "./quota.ts";
import { createSlots, inSlot, type Slots } from "./slots.ts";
import type { Target } from "./target.ts";

const CONNECTIONS = 50;
const IN_FLIGHT = 4;

/** Milliseconds. With the quota of a new account, 2,000 messages take 90 seconds. */
const TIMEOUT = 300_000;

/**
 * Sends messages, at most four without a reply at a time, until each has a reply. Collects the replies by
 * requestId.
 */
async function converse(
  client: Client,
  name: number,
  messages: number,
  { turn, all }: { turn: () => Promise<void>; all: Slots },
): Promise<Map<string, unknown[]>> {
  const own = createSlots(IN_FLIGHT);
  const send = async () => {
    for (let number = 0; number < messages; number += 1) {
      await own.take();
      await all.take();
      await turn();
      client.send({ action: "echo", data: { name, number }, requestId: `${name}/${number}` });
    }
  };
  const replies = new Map<string, unknown[]>();
  const receive = async () => {
    while (replies.size < messages) {
      const reply = await client.next();
      const earlier = replies.get(reply.requestId);
      const result = reply.status === "success" ? reply.result : reply.error;
      replies.set(reply.requestId, [...(earlier ?? []), result]);
      if (earlier !== undefined) continue;
      own.give();
      all.give();
    }
  };
  await Promise.all([send(), receive()]);
  return replies;
}

async function close(client: Client): Promise<void> {
  client.socket.close();
  await client.closed;
}

/** @param messages the number of messages per connection. */
export const loadTests = (target: Target, messages = 40) =>
  describe("load", () => {
    const total = (CONNECTIONS * messages).toLocaleString("en");

    test(
      `${total} messages over ${CONNECTIONS} connections get one reply each, on their own connection`,
      async () => {
        const { atOnce, rate } = await loadFor(target);
        const all = createSlots(atOnce);
        const turn = paced(rate);
        const clients = await Promise.all(
          Array.from({ length: CONNECTIONS }, () => inSlot(all, () => connect(target.url))),
        );
        const conversations = await Promise.all(
          clients.map((client, name) => converse(client, name, messages, { turn, all })),
        );
        await Promise.all(clients.map((client) => inSlot(all, () => close(client))));
        let received = 0;
        for (const [name, replies] of conversations.entries()) {
          for (let number = 0; number < messages; number += 1)
            for (const result of replies.get(`${name}/${number}`) ?? [undefined]) {
              expect(result).toEqual({ name, number });
              received += 1;
            }
        }
        received += clients.flatMap((client) => client.unread()).length;
        // A job can run twice, because Lambda delivers at least once, and the SDK repeats an Invoke whose
        // response is late.
        expect(received).toBeLessThanOrEqual(CONNECTIONS * messages * 1.01);
      },
      TIMEOUT,
    );
  });
