import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type AwsCli, awsCliEnvironment } from "@websocket-lambda/local-aws/testing";

/** A program that prints a log group, and then its new lines. */
export interface FollowedLogGroup {
  /** Resolves with the first line that contains all texts, which can already be printed. */
  line(...texts: readonly string[]): Promise<string>;
  [Symbol.dispose](): void;
}

/** Runs `aws logs tail --follow`, which only version 2 of the AWS CLI has. */
export function followLogGroup(cli: AwsCli, endpoint: string, group: string): FollowedLogGroup {
  const args = ["--endpoint-url", endpoint, "logs", "tail", group, "--follow"];
  const child = spawn(cli.program, args, {
    env: awsCliEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const printed: string[] = [];
  const { promise: exited, reject } = Promise.withResolvers<never>();
  // When the process is killed, there can be no caller that waits for a line.
  exited.catch(() => {});
  child.once("error", reject);
  child.once("exit", (code) => reject(new Error(`aws logs tail exited with code ${code}.`)));
  const lines = createInterface({ input: child.stdout }).on("line", (line) => printed.push(line));
  const find = (texts: readonly string[]) =>
    printed.find((line) => texts.every((text) => line.includes(text)));

  return {
    line(...texts) {
      const { promise, resolve } = Promise.withResolvers<string>();
      const check = () => {
        const found = find(texts);
        if (found !== undefined) resolve(found);
      };
      lines.on("line", check);
      check();
      return Promise.race([promise, exited]).finally(() => lines.off("line", check));
    },
    [Symbol.dispose]() {
      child.kill();
    },
  };
}
