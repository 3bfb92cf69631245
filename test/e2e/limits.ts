import { describe, expect, test } from "vitest";
import { connect, sendInFragments } from "./client.ts";
import type { Target } from "./target.ts";

const KB = 1024;

const echoOf = (length: number) => {
  const empty = JSON.stringify({ action: "echo", data: "" });
  return JSON.stringify({ action: "echo", data: "x".repeat(length - empty.length) });
};

export const limitTests = (target: Target) =>
  describe("limits", () => {
    test("the reply to a request whose result is over 128 KB is RESULT_TOO_LARGE", async () => {
      const client = await connect(target.url);
      // The upper case of this two-byte character has three two-byte characters.
      const text = "ΐ".repeat(40_000);
      const request = JSON.stringify({ action: "uppercase", data: { text }, requestId: "big" });
      sendInFragments(client.socket, request, 31 * KB);
      expect(await client.next()).toEqual({
        action: "uppercase",
        status: "error",
        error: { code: "RESULT_TOO_LARGE", message: "The reply is over 128 KB." },
        requestId: "big",
      });
    });

    test("a frame of 32 KB is accepted, and its reply is complete", async () => {
      const client = await connect(target.url);
      const message = echoOf(32 * KB);
      const reply = await client.ask(message);
      expect(reply).toMatchObject({ status: "success", result: JSON.parse(message).data });
    });

    test("a fragmented message of 100 KB is accepted, and its reply is complete", async () => {
      const client = await connect(target.url);
      const message = echoOf(100 * KB);
      sendInFragments(client.socket, message, 32 * KB);
      expect(await client.next()).toMatchObject({ result: JSON.parse(message).data });
    });

    test("a frame over 32 KB closes the connection with 1009", async () => {
      const client = await connect(target.url);
      client.send(echoOf(32 * KB + 1));
      expect(await client.closed).toMatchObject({ code: 1009 });
    });

    test("a message over 128 KB closes the connection with 1009", async () => {
      const client = await connect(target.url);
      sendInFragments(client.socket, echoOf(128 * KB + 1), 32 * KB);
      expect(await client.closed).toMatchObject({ code: 1009 });
    });

    test("a binary frame closes the connection with 1003", async () => {
      const client = await connect(target.url);
      client.socket.send(Buffer.from('{"action":"echo"}'), { binary: true });
      expect(await client.closed).toEqual({ code: 1003, reason: "Binary is not supported" });
    });

    test("a close frame is echoed with its status and reason", async () => {
      const client = await connect(target.url);
      client.socket.close(4001, "done here");
      expect(await client.closed).toEqual({ code: 4001, reason: "done here" });
    });
  });
