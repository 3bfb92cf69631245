import { expect } from "vitest";
import { refusalOf, uniqueName } from "./account.ts";
import type { Behaviour } from "./behaviour.ts";
import { snapshots } from "./sources.ts";

/** Queues and their messages. */
export const sqs: Behaviour[] = [
  {
    behaviour: "a queue of a name that exists with another attribute is refused",
    basis: "snapshot",
    source: snapshots.sqs,
    check: async ({ account: { sqs: client } }) => {
      const QueueName = uniqueName();
      await client.createQueue({ QueueName, Attributes: { DelaySeconds: "1" } });
      const refused = client.createQueue({ QueueName, Attributes: { DelaySeconds: "2" } });
      expect(await refusalOf(refused)).toMatchObject({
        message:
          "A queue already exists with the same name and a different value for attribute DelaySeconds",
        status: 400,
      });
    },
  },
];
