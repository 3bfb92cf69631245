/** Runs in a new process: loads a function, and calls it for each event from the parent process. */
import { createRequire } from "node:module";
import { CONTEXT } from "./events.ts";

const [file = ""] = process.argv.slice(2);
console.info = () => {};
const { handler } = createRequire(file)(file);
const handle = async (event: unknown) => {
  await handler(event, CONTEXT);
  process.send?.("done");
};
process.on("message", (event) => void handle(event));
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
