import { expectTypeOf, test } from "vitest";
import type { Json } from "./actions.ts";
import type { Client } from "./connect.ts";
import type { ErrorCode, NoReplyCode, NoReplyError, RequestError } from "./errors.ts";
import type { RequestOptions } from "./options.ts";

// `npm run check:types` fails if one of these types is wrong. The calls are compiled, but never run.

interface Actions {
  uppercase: { data: { text: string }; result: string };
  echo: { data: unknown; result: unknown };
  now: { data: undefined; result: { at: Date; offsets: readonly [0, 1] } };
  countdown: { data: { from: number }; progress: { left: number; at: Date }; result: "lift-off" };
}

test("data and result have the types of the action", () => {
  const calls = async (client: Client<Actions>) => {
    expectTypeOf(await client.request("uppercase", { text: "" })).toEqualTypeOf<string>();
    expectTypeOf(await client.request("echo", 1)).toEqualTypeOf<unknown>();
    // @ts-expect-error -- a text, not a number
    await client.request("uppercase", { text: 1 });
    // @ts-expect-error -- there is no such action
    await client.request("lowercase", { text: "" });
  };
  expectTypeOf(calls).toBeFunction();
});

test("a result has the type that it has after JSON", () => {
  const calls = async (client: Client<Actions>) => {
    expectTypeOf(await client.request("now")).toEqualTypeOf<{
      at: string;
      offsets: readonly [0, 1];
    }>();
  };
  expectTypeOf(calls).toBeFunction();
});

test("a stream has the pieces of the action as they are after JSON, and its result", () => {
  const calls = async (client: Client<Actions>) => {
    const stream = client.stream("countdown", { from: 3 });
    for await (const piece of stream)
      expectTypeOf(piece).toEqualTypeOf<{ left: number; at: string }>();
    expectTypeOf(await stream.result).toEqualTypeOf<"lift-off">();
    const next = await stream.next();
    if (next.done === true) expectTypeOf(next.value).toEqualTypeOf<"lift-off">();
    else expectTypeOf(next.value).toEqualTypeOf<{ left: number; at: string }>();
    // @ts-expect-error -- a number, not a text
    client.stream("countdown", { from: "3" });
    // @ts-expect-error -- it needs a number
    client.stream("countdown");
    // @ts-expect-error -- there is no such action
    client.stream("countup", { from: 3 });
    // @ts-expect-error -- the pieces are read from the stream
    client.stream("countdown", { from: 3 }, { onProgress: () => {} });
  };
  expectTypeOf(calls).toBeFunction();
});

test("onProgress gets the pieces of the action, and never for an action without pieces", () => {
  const calls = async (client: Client<Actions>) => {
    await client.request(
      "countdown",
      { from: 3 },
      {
        onProgress(piece, sequence) {
          expectTypeOf(piece).toEqualTypeOf<{ left: number; at: string }>();
          expectTypeOf(sequence).toEqualTypeOf<number>();
        },
      },
    );
    const options: RequestOptions = { onProgress: (piece: unknown) => void piece };
    await client.request("countdown", { from: 3 }, options);
    await client.request("now", undefined, {
      onProgress: (piece) => expectTypeOf(piece).toBeNever(),
    });
    // @ts-expect-error -- the pieces are not numbers
    await client.request("countdown", { from: 3 }, { onProgress: (piece: number) => void piece });
  };
  expectTypeOf(calls).toBeFunction();
});

test("data is optional only if the action accepts undefined", () => {
  const calls = async (client: Client<Actions>) => {
    await client.request("now");
    await client.request("now", undefined, { timeout: 1000 });
    await client.request("echo");
    await client.request("uppercase", { text: "" }, { retry: false });
    // @ts-expect-error -- it needs a text
    await client.request("uppercase");
    // @ts-expect-error -- it has no data
    await client.request("now", 1);
  };
  expectTypeOf(calls).toBeFunction();
});

test("without a type parameter, a client sends any data to any action", () => {
  const calls = async (client: Client) => {
    expectTypeOf(await client.request("anything")).toEqualTypeOf<unknown>();
    expectTypeOf(await client.request("anything", { text: "" })).toEqualTypeOf<unknown>();
    for await (const piece of client.stream("anything"))
      expectTypeOf(piece).toEqualTypeOf<unknown>();
    // @ts-expect-error -- an action has a name
    await client.request(1);
  };
  expectTypeOf(calls).toBeFunction();
});

test("a type without data or result is rejected", () => {
  // @ts-expect-error -- no result
  expectTypeOf<Client<{ now: { data: undefined } }>>().toBeObject();
});

test("JSON keeps the type of plain data", () => {
  expectTypeOf<Json<unknown>>().toEqualTypeOf<unknown>();
  expectTypeOf<Json<{ a?: (string | null)[] }>>().toEqualTypeOf<{ a?: (string | null)[] }>();
  expectTypeOf<Json<Date | undefined>>().toEqualTypeOf<string | undefined>();
});

test("the code of an error depends on its class", () => {
  expectTypeOf<RequestError["code"]>().toEqualTypeOf<ErrorCode>();
  expectTypeOf<NoReplyError["code"]>().toEqualTypeOf<NoReplyCode>();
  expectTypeOf<"A_CODE_OF_THE_SERVER">().toExtend<ErrorCode>();
});
