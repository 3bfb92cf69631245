import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as typed from "@websocket-lambda/client";
import type { Actions } from "../../functions/processor/actions/index.ts";
import { connect } from "./client.ts";
import type { Target } from "./target.ts";

const deep = (levels: number): unknown => (levels === 0 ? "core" : { level: [deep(levels - 1)] });

export const actionTests = (target: Target) =>
  describe("actions", () => {
    let client: typed.Client<Actions>;
    beforeAll(() => {
      client = typed.connect<Actions>(target.url);
    });
    afterAll(() => client.close());

    test("a reply has its keys in the documented order", async () => {
      const client = await connect(target.url);
      client.send({ action: "uppercase", data: { text: "hello" }, requestId: "r-1" });
      expect(await client.nextText()).toBe(
        '{"action":"uppercase","status":"success","result":"HELLO","requestId":"r-1"}',
      );
    });

    test("uppercase follows Unicode's full case mapping", async () => {
      expect(await client.request("uppercase", { text: "straße" })).toBe("STRASSE");
    });

    test("reverse keeps user-perceived characters intact", async () => {
      const result = await client.request("reverse", { text: "añ👨‍👩‍👧e\u0301" });
      expect(result).toBe("e\u0301👨‍👩‍👧ña");
    });

    test("timestamp is the current time in ISO 8601 UTC", async () => {
      const before = Date.now();
      const result = await client.request("timestamp");
      expect(result).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      // The clocks of AWS and of this machine can differ.
      expect(Math.abs(Date.parse(result) - before)).toBeLessThan(60_000);
    });

    test.for<[string, unknown]>([
      ["null", null],
      ["zero", 0],
      ["a negative fraction", -1.5],
      ["false", false],
      ["an empty text", ""],
      ["an empty list", []],
      ["an empty object", {}],
      ["a deep object", deep(200)],
      ["text of every plane, with NUL and lone surrogates", "a\u0000é€😀\ud800\udc00\ud800"],
      [
        "an object with unusual keys",
        { "": 1, hasOwnProperty: 2, connectionId: "stolen", toString: 3 },
      ],
    ])("echo returns %s unchanged", async ([, data]) => {
      expect(await client.request("echo", data)).toEqual(data);
    });

    test("echo without data replies without a result", async () => {
      const client = await connect(target.url);
      client.send({ action: "echo", requestId: "r-1" });
      expect(await client.nextText()).toBe(
        '{"action":"echo","status":"success","requestId":"r-1"}',
      );
    });

    test("ping replies without a result, and ignores its data", async () => {
      const client = await connect(target.url);
      client.send({ action: "ping", data: { text: "hello" }, requestId: "r-1" });
      expect(await client.nextText()).toBe(
        '{"action":"ping","status":"success","requestId":"r-1"}',
      );
    });

    test("a request without a requestId gets API Gateway's", async () => {
      const client = await connect(target.url);
      const reply = await client.ask({ action: "echo" });
      expect(reply.requestId).toMatch(/^[\w-]{15}=$/);
    });

    test("a requestId may have up to 128 characters", async () => {
      const client = await connect(target.url);
      const requestId = "x".repeat(128);
      expect(await client.ask({ action: "echo", requestId })).toMatchObject({ requestId });
    });
  });
