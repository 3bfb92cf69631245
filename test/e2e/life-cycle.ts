import { describe, expect, test } from "vitest";
import { connect } from "./client.ts";
import { countDeadLetters } from "./dead-letters.ts";
import { type LogLine, watchLogs } from "./log-watch.ts";
import { onAws, type Target } from "./target.ts";

const isEvent = (event: string) => (line: LogLine) => line.content["event"] === event;

export const lifeCycleTests = (target: Target) =>
  describe("life cycle", () => {
    test("two connections of a client get their own replies, even for the same requestId", async () => {
      const first = await connect(target.url);
      const second = await connect(target.url);
      first.send({ action: "echo", data: "first", requestId: "same" });
      second.send({ action: "echo", data: "second", requestId: "same" });
      expect(await first.next()).toMatchObject({ result: "first" });
      expect(await second.next()).toMatchObject({ result: "second" });
    });

    describe.skipIf(onAws)("in the logs of the local AWS", () => {
      test("a disconnect is logged with the close code, and without the client's reason", async () => {
        const logs = watchLogs(target.local);
        const client = await connect(target.url);
        client.socket.close(4321, "bye");
        const { content } = await logs.line(
          (line) => isEvent("disconnected")(line) && line.content["code"] === 4321,
        );
        expect(Object.keys(content)).toEqual(["event", "connectionId", "requestId", "code"]);
        expect(content["connectionId"]).toMatch(/^[\w-]{18}==$/);
        expect(content["requestId"]).toMatch(/^[\w-]{15}=$/);
      });

      test("a client that disconnects before its reply causes no error, retry or dead letter", async () => {
        const logs = watchLogs(target.local);
        const posted = (line: LogLine) =>
          isEvent("reply posted")(line) && line.content["requestId"] === "never-read";
        const client = await connect(target.url);
        client.send({ action: "echo", data: 1, requestId: "never-read" });
        client.socket.terminate();
        const { content } = await logs.line(posted);
        expect(content).toMatchObject({ outcome: "gone" });
        await logs.line((line) => isEvent("disconnected")(line) && line.content["code"] === 1006);
        expect(logs.lines.filter(({ level }) => level === "ERROR" || level === "WARN")).toEqual([]);
        expect(logs.lines.filter(posted)).toHaveLength(1);
        expect(await countDeadLetters(target.local)).toBe(0);
      });
    });
  });
