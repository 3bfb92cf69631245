import * as v from "valibot";
import { expect, test } from "vitest";
import { defineOperation } from "./operation.ts";
import { restJsonProtocol } from "./rest-json-protocol.ts";
import { serve } from "../server/testing.ts";

const service = restJsonProtocol({
  authorize: () => {},
  prefix: "things",
  routes: [
    {
      name: "GetThing",
      method: "GET",
      path: "/things/{name}",
      operation: defineOperation({
        input: v.strictObject({ name: v.string() }),
        handle: ({ name }) => ({ name }),
      }),
    },
  ],
});

test("percent-encoded parameters in a path are decoded", async () => {
  await using server = await serve(service);
  const response = await fetch(`${server.endpoint}/things/a%2Fb%20%C3%A9`);
  expect(await response.json()).toEqual({ name: "a/b é" });
});

test.for(["%zz", "%", "a%2", "%ff"])(
  "a path with the invalid escape %s is refused with 400",
  async (name) => {
    await using server = await serve(service);
    const response = await fetch(`${server.endpoint}/things/${name}`);
    expect(response.status).toBe(400);
    expect(response.headers.get("X-Amzn-ErrorType")).toBe("SerializationException");
    expect(await response.json()).toEqual({ message: expect.stringContaining(name) });
  },
);
