import { expectTypeOf, test } from "vitest";
import type { Json } from "./actions.ts";
import type { Client } from "./connect.ts";
import type { ErrorCode, NoReplyCode, NoReplyError, RequestError } from "./errors.ts";

// `npm run check:types` fails if one of these types is wrong. The calls are compiled, but never run.

interface Actions {
  uppercase: { data: { text: string }; result: string };
  echo: { data: unknown; result: unknown };
  now: { data: undefined; result: { at: Date; offsets: readonly [0, 1] } };
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
    // @ts-expect-error -- an action has a name
    await client.request(1);
  };
  expectTypeOf(calls).toBeFunction();
});

test("a type with other properties than data and result is rejected", () => {
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
