import * as v from "valibot";
import { expectTypeOf, test } from "vitest";
import { defineAction } from "../../functions/processor/action.ts";
import type { ErrorCode } from "../../shared/protocol.ts";
import type { Json } from "./actions.ts";
import type { Client } from "./connect.ts";
import type { NoReplyCode, NoReplyError, RequestError } from "./errors.ts";

// It is `npm run check` that fails where one of these isn't so: the calls are read, and never run.

test("data and result are those of the action", () => {
  const calls = async (client: Client) => {
    expectTypeOf(await client.request("uppercase", { text: "" })).toEqualTypeOf<string>();
    expectTypeOf(await client.request("timestamp")).toEqualTypeOf<string>();
    expectTypeOf(await client.request("echo", 1)).toEqualTypeOf<unknown>();
    // @ts-expect-error -- a text, not a number
    await client.request("uppercase", { text: 1 });
    // @ts-expect-error -- there is no such action
    await client.request("lowercase", { text: "" });
  };
  expectTypeOf(calls).toBeFunction();
});

test("data may be left out only where the action takes none", () => {
  const calls = async (client: Client) => {
    await client.request("timestamp");
    await client.request("timestamp", undefined, { timeout: 1000 });
    await client.request("uppercase", { text: "" }, { retry: false });
    // @ts-expect-error -- it takes a text
    await client.request("uppercase");
  };
  expectTypeOf(calls).toBeFunction();
});

const own = {
  divide: defineAction({
    input: v.object({
      by: v.optional(v.number(), 2),
      all: v.array(v.pipe(v.string(), v.transform(Number))),
    }),
    run: async ({ by, all }) => await Promise.resolve(all.map((one) => one / by)),
  }),
  now: defineAction({
    input: v.undefined(),
    run: () => ({ at: new Date(), zone: { name: "UTC" as const, offset: [0, 0] as const } }),
  }),
};

test("another registry has its own actions, by what goes in and comes out as JSON", () => {
  const calls = async (client: Client<typeof own>) => {
    // What the client sends is what the schema takes, not what it makes of it.
    expectTypeOf(await client.request("divide", { all: ["1"] })).toEqualTypeOf<number[]>();
    expectTypeOf(await client.request("now")).toEqualTypeOf<{
      at: string;
      zone: { name: "UTC"; offset: readonly [0, 0] };
    }>();
    // @ts-expect-error -- not in this registry
    await client.request("uppercase", { text: "" });
  };
  expectTypeOf(calls).toBeFunction();
});

test("JSON leaves plain data as it is", () => {
  expectTypeOf<Json<unknown>>().toEqualTypeOf<unknown>();
  expectTypeOf<Json<{ a?: (string | null)[] }>>().toEqualTypeOf<{ a?: (string | null)[] }>();
  expectTypeOf<Json<Date | undefined>>().toEqualTypeOf<string | undefined>();
});

test("errors are told apart by their class, and then by their code", () => {
  expectTypeOf<RequestError["code"]>().toEqualTypeOf<ErrorCode>();
  expectTypeOf<NoReplyError["code"]>().toEqualTypeOf<NoReplyCode>();
});
