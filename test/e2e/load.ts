import { describe, expect, test } from "vitest";
import type { Reply } from "../../shared/protocol.ts";
import { type Client, connect } from "./client.ts";
import { paced } from "./pace.ts";
import { loadFor } from "./quota.ts";
import { createSlots, inSlot, type Slots } from "./slots.ts";
import type { Target } from "./target.ts";

const CONNECTIONS = 50;
const IN_FLIGHT = 4;

/** Milliseconds. With the quota of a new account, 2,000 messages take 90 seconds. */
const TIMEOUT = 300_000;

/** The results and errors for each requestId. */
type Replies = Map<string, unknown[]>;

/** Returns whether the reply is the first for its requestId. */
function record(replies: Replies, reply: Reply): boolean {
  const earlier = replies.get(reply.requestId);
  const result = reply.status === "success" ? reply.result : reply.error;
  replies.set(reply.requestId, [...(earlier ?? []), result]);
  return earlier === undefined;
}

/**
 * Sends messages, at most four without a reply at a time, until each has a reply. Collects the replies by
 * requestId.
 */
async function converse(
  client: Client,
  name: number,
  messages: number,
  { turn, all }: { turn: () => Promise<void>; all: Slots },
): Promise<Replies> {
  const own = createSlots(IN_FLIGHT);
  const send = async () => {
    for (let number = 0; number < messages; number += 1) {
      await own.take();
      await all.take();
      await turn();
      client.send({ action: "echo", data: { name, number }, requestId: `${name}/${number}` });
    }
  };
  const replies: Replies = new Map();
  const receive = async () => {
    while (replies.size < messages) {
      const isFirst = record(replies, await client.next());
      if (!isFirst) continue;
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
          for (const text of clients[name]?.unread() ?? []) record(replies, JSON.parse(text));
          expect(replies.size).toBe(messages);
          for (let number = 0; number < messages; number += 1) {
            const results = replies.get(`${name}/${number}`) ?? [];
            expect(results).not.toEqual([]);
            expect(results).toEqual(results.map(() => ({ name, number })));
            received += results.length;
          }
        }
        // A job can run twice, because Lambda delivers at least once, and the SDK repeats an Invoke whose
        // response is late.
        expect(received).toBeLessThanOrEqual(CONNECTIONS * messages * 1.01);
      },
      TIMEOUT,
    );
  });
