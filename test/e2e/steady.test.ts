import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { waitUntilSteady } from "./steady.ts";

type Behavior = "refuses" | "forbids" | "no reply" | "replies";

/** Starts a fake stack. Its connections have these behaviors in turn, and then the last one. */
async function startStack(behaviors: [Behavior, ...Behavior[]]) {
  let connections = 0;
  let behavior: Behavior = behaviors[0];
  const server = new WebSocketServer({
    port: 0,
    verifyClient: (_, decide) => {
      behavior = behaviors[connections] ?? behavior;
      connections += 1;
      decide(behavior !== "refuses", 503);
    },
  });
  server.on("connection", (socket) => {
    const frame = {
      refuses: "",
      "no reply": "",
      forbids: '{"message": "Forbidden"}',
      replies: '{"action":"echo","status":"success","requestId":"1"}',
    }[behavior];
    socket.on("message", () => {
      if (frame !== "") socket.send(frame);
    });
  });
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `ws://127.0.0.1:${port}`, connections: () => connections };
}

test("a stack is steady when it replies on several new connections in a row", async () => {
  const stack = await startStack([
    "refuses",
    "replies",
    "replies",
    "forbids",
    "replies",
    "no reply",
    "replies",
  ]);
  await waitUntilSteady(stack.url, { inARow: 3, interval: 1, replyTimeout: 200 });
  expect(stack.connections()).toBe(9);
});

test("if a stack is not steady at the deadline, the last failure is the cause of the error", async () => {
  const stack = await startStack(["refuses"]);
  const waiting = waitUntilSteady(stack.url, { interval: 1, deadline: 50 });
  await expect(waiting).rejects.toMatchObject({
    message: `${stack.url} did not reply on 20 connections in a row within 0.05 s.`,
    cause: { message: "Unexpected server response: 503" },
  });
});
