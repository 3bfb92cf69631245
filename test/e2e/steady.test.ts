import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { untilSteady } from "./steady.ts";

type Fate = "refused" | "forbidden" | "silent" | "answered";

/** A stack just after its deployment. Its connections meet these fates in turn, and then the last. */
async function startStack(fates: [Fate, ...Fate[]]) {
  let connections = 0;
  let fate: Fate = fates[0];
  const server = new WebSocketServer({
    port: 0,
    verifyClient: (_, decide) => {
      fate = fates[connections] ?? fate;
      connections += 1;
      decide(fate !== "refused", 503);
    },
  });
  server.on("connection", (socket) => {
    const answer = {
      refused: "",
      silent: "",
      forbidden: '{"message": "Forbidden"}',
      answered: '{"action":"echo","status":"success","requestId":"1"}',
    }[fate];
    socket.on("message", () => {
      if (answer !== "") socket.send(answer);
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

test("a stack is steady when it answers so many new connections in a row", async () => {
  const stack = await startStack([
    "refused",
    "answered",
    "answered",
    "forbidden",
    "answered",
    "silent",
    "answered",
  ]);
  await untilSteady(stack.url, { inARow: 3, interval: 1, answer: 200 });
  expect(stack.connections()).toBe(9);
});

test("a stack that never is has its last failure told at the deadline", async () => {
  const stack = await startStack(["refused"]);
  const waiting = untilSteady(stack.url, { interval: 1, deadline: 50 });
  await expect(waiting).rejects.toMatchObject({
    message: `${stack.url} has not answered 20 connections in a row within 0.05 s.`,
    cause: { message: "Unexpected server response: 503" },
  });
});
