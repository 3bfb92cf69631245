/** Sends a request for each action at once and prints the replies as they come. */

const requests = [
  { action: "uppercase", data: { text: "hello" } },
  { action: "reverse", data: { text: "hello" } },
  { action: "echo", data: { any: ["JSON", 1, null] } },
  { action: "timestamp" },
];

const url = process.argv[2] ?? process.env["WEBSOCKET_URL"];
if (!url) fail("Which URL? AWS tells: terraform -chdir=terraform output -raw websocket_url");

const waiting = new Map(Object.entries(requests));
const socket = new WebSocket(url);
setTimeout(() => socket.close(), 30_000).unref();

socket.addEventListener("open", () => {
  for (const [requestId, request] of waiting) {
    socket.send(JSON.stringify({ ...request, requestId }));
  }
});

socket.addEventListener("message", (event) => {
  const reply = JSON.parse(String(event.data));
  // Replies come in any order, and now and then twice.
  if (waiting.delete(reply.requestId)) {
    console.log(reply.action, reply.status, reply.result ?? reply.error);
  } else {
    console.log("for no open request:", reply);
  }
  if (waiting.size === 0) socket.close();
});

socket.addEventListener("close", () => {
  if (waiting.size > 0) fail(`${waiting.size} of ${requests.length} requests got no reply.`);
});

// Node 22 has no "close" for a connection that never opened.
socket.addEventListener("error", () => fail(`Could not connect to ${url}`));

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
