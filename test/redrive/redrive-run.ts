import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { onTestFinished } from "vitest";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";

const SCRIPT = join(import.meta.dirname, "..", "..", "scripts", "redrive.ts");

export interface RedriveRun {
  child: ChildProcess;
  /** The lines that it has printed to stdout. */
  lines: readonly string[];
  /** Resolves with the first line that matches. */
  line(pattern: RegExp): Promise<void>;
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Returns the environment variables that point tools to a local AWS. */
export const shellOf = ({ endpoint }: Pick<TestLocalAws, "endpoint">) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
});

/** Starts the script of `npm run redrive` with only these environment variables. */
export function startRedrive(env: Record<string, string>, ...args: string[]): RedriveRun {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env: { AWS_EC2_METADATA_DISABLED: "true", HOME: "/nonexistent", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  const waiting: { pattern: RegExp; resolve(): void }[] = [];
  createInterface({ input: child.stdout }).on("line", (text) => {
    lines.push(text);
    for (const { pattern, resolve } of waiting) if (pattern.test(text)) resolve();
  });
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const end = async () => {
    const [code] = await once(child, "close");
    return { code: code as number | null, stdout: lines.join("\n"), stderr };
  };
  return {
    child,
    lines,
    line: (pattern) =>
      new Promise((resolve) => {
        if (lines.some((text) => pattern.test(text))) resolve();
        else waiting.push({ pattern, resolve });
      }),
    ended: end(),
  };
}

export const sqsOf = ({ endpoint }: TestLocalAws) =>
  new SQSClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

/** Sends messages to the dead-letter queue, as Lambda does. */
export async function putDeadLetters(
  aws: TestLocalAws,
  bodies: readonly unknown[],
  errorMessage = "planted",
): Promise<void> {
  const sqs = sqsOf(aws);
  for (const body of bodies)
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: `${aws.endpoint}/000000000000/websocket-lambda-dead-letters`,
        MessageBody: typeof body === "string" ? body : JSON.stringify(body),
        MessageAttributes: { ErrorMessage: { DataType: "String", StringValue: errorMessage } },
      }),
    );
}
