import { expect } from "vitest";
import { refusalOf, uniqueName } from "./account.ts";
import type { Behaviour } from "./behaviour.ts";
import { snapshots } from "./sources.ts";

/** Log groups, log streams, log events and metric filters, without what a pattern matches. */
export const logsApi: Behaviour[] = [
  {
    behaviour: "a log group of a name that exists is refused",
    basis: "snapshot",
    source: snapshots.logGroups,
    check: async ({ account: { logs } }) => {
      const logGroupName = uniqueName();
      await logs.createLogGroup({ logGroupName });
      expect(await refusalOf(logs.createLogGroup({ logGroupName }))).toEqual({
        name: "ResourceAlreadyExistsException",
        message: "The specified log group already exists",
        status: 400,
      });
    },
  },
];
