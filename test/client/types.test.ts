import type { Client } from "@websocket-lambda/client";
import * as v from "valibot";
import { expectTypeOf, test } from "vitest";
import { type ActionTypes, defineAction } from "../../functions/processor/action.ts";
import type { Actions } from "../../functions/processor/actions/index.ts";

// `npm run check:types` fails if one of these types is wrong. The calls are compiled, but never run.

test("a client has the actions of the registry", () => {
  const calls = async (client: Client<Actions>) => {
    expectTypeOf(await client.request("uppercase", { text: "" })).toEqualTypeOf<string>();
    expectTypeOf(await client.request("timestamp")).toEqualTypeOf<string>();
    expectTypeOf(await client.request("echo", 1)).toEqualTypeOf<unknown>();
    // @ts-expect-error -- a text, not a number
    await client.request("uppercase", { text: 1 });
    // @ts-expect-error -- it needs a text
    await client.request("uppercase");
    // @ts-expect-error -- there is no such action
    await client.request("lowercase", { text: "" });
  };
  expectTypeOf(calls).toBeFunction();
});

const registry = {
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
  countdown: defineAction({
    input: v.object({ from: v.number() }),
    async *run({ from }) {
      for (let left = from; left > 0; left -= 1) yield { left, at: new Date() };
      return "lift-off" as const;
    },
  }),
};

test("data is the input of the schema, and the result is the JSON of the return value", () => {
  const calls = async (client: Client<ActionTypes<typeof registry>>) => {
    expectTypeOf(await client.request("divide", { all: ["1"] })).toEqualTypeOf<number[]>();
    expectTypeOf(await client.request("now")).toEqualTypeOf<{
      at: string;
      zone: { name: "UTC"; offset: readonly [0, 0] };
    }>();
  };
  expectTypeOf(calls).toBeFunction();
});

test("pieces and result have the types of yielded and returned values after JSON", () => {
  const calls = async (client: Client<ActionTypes<typeof registry>>) => {
    const stream = client.stream("countdown", { from: 3 });
    for await (const piece of stream)
      expectTypeOf(piece).toEqualTypeOf<{ left: number; at: string }>();
    expectTypeOf(await stream.result).toEqualTypeOf<"lift-off">();
    const options = {
      onProgress: (piece: { left: number; at: string }, sequence: number) =>
        console.log(piece, sequence),
    };
    const result = await client.request("countdown", { from: 3 }, options);
    expectTypeOf(result).toEqualTypeOf<"lift-off">();
    const wrong = { onProgress: (piece: { at: Date }) => void piece };
    // @ts-expect-error -- the date is a string for the client
    await client.request("countdown", { from: 3 }, wrong);
    for await (const piece of client.stream("now")) expectTypeOf(piece).toBeNever();
  };
  expectTypeOf(calls).toBeFunction();
});
