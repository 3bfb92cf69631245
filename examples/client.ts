/** Sends a request for each action at once and prints the results as they come. */
import { connect } from "../client/index.ts";

const url = process.argv[2] ?? process.env["WEBSOCKET_URL"];
if (!url) {
  console.error("Which URL? AWS tells: terraform -chdir=terraform output -raw websocket_url");
  process.exit(1);
}

// Without a limit it would try until the server is there.
const client = connect(url, { maximumAttempts: 3 });

const print = async (action: string, result: Promise<unknown>) => console.log(action, await result);

try {
  await Promise.all([
    print("uppercase", client.request("uppercase", { text: "hello" })),
    print("reverse", client.request("reverse", { text: "hello" })),
    print("echo", client.request("echo", { any: ["JSON", 1, null] })),
    print("timestamp", client.request("timestamp")),
  ]);
} catch (error) {
  // A RequestError is the server's answer; a NoReplyError says why there is none.
  console.error(String(error));
  process.exitCode = 1;
} finally {
  client.close();
}
