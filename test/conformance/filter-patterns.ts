import { expect } from "vitest";
import { uniqueName } from "./account.ts";
import type { Behaviour, Target } from "./behaviour.ts";
import { captured } from "./sources.ts";

/** Returns those of the messages that FilterLogEvents finds. */
async function matching(
  { account: { logs } }: Target,
  filterPattern: string,
  messages: readonly string[],
): Promise<string[]> {
  const logGroupName = uniqueName();
  const stream = { logGroupName, logStreamName: "only" };
  await logs.createLogGroup({ logGroupName });
  await logs.createLogStream(stream);
  const timestamp = Date.now();
  await logs.putLogEvents({
    ...stream,
    logEvents: messages.map((message) => ({ timestamp, message })),
  });
  const { events = [] } = await logs.filterLogEvents({ logGroupName, filterPattern });
  return events.map(({ message = "" }) => message);
}

/** The log events that a filter pattern matches. */
export const filterPatterns: Behaviour[] = [
  {
    behaviour: "a term matches a part of a word, with its case",
    basis: "capture",
    source: captured.filters,
    check: async (target) => {
      const messages = ["TERROR REQUEST", "ERROR_ARGUMENTS", "error arguments request"];
      expect(await matching(target, "ERROR", messages)).toEqual(messages.slice(0, 2));
    },
  },
];
