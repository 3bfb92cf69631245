/** Sends one request per action and prints the results as they arrive. */
import { connect, NoReplyError } from "@websocket-lambda/client";
import type { Actions } from "../functions/processor/actions/index.ts";

const url = process.argv[2] ?? process.env["WEBSOCKET_URL"];
if (!url) {
  console.error("No URL. Pass it as an argument or set WEBSOCKET_URL.");
  console.error("On AWS, get it with: terraform -chdir=terraform output -raw websocket_url");
  process.exit(1);
}

if (!/^wss?:\/\/./.test(url)) {
  console.error(`${url}: not a WebSocket URL. It must start with ws:// or wss://.`);
  process.exit(1);
}

// Without maximumAttempts, the client would try to connect until the server is available.
const client = connect<Actions>(url, { maximumAttempts: 3 });

const print = async (action: string, result: Promise<unknown>) => console.log(action, await result);

try {
  await Promise.all([
    print("uppercase", client.request("uppercase", { text: "hello" })),
    print("reverse", client.request("reverse", { text: "hello" })),
    print("echo", client.request("echo", { any: ["JSON", 1, null] })),
    print("timestamp", client.request("timestamp")),
  ]);
} catch (error) {
  // A RequestError is an error frame of the server. A NoReplyError says why there is no reply.
  console.error(`${url}: ${String(error)}`);
  if (error instanceof NoReplyError)
    console.error("Check the URL and the token, and that the server is running.");
  process.exitCode = 1;
} finally {
  client.close();
}
