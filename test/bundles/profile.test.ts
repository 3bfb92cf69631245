import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { startTestStack } from "../test-stack.ts";

const run = promisify(execFile);

/** Returns the environment variables that select a profile of the AWS CLI. */
async function profile(secretAccessKey: string): Promise<Record<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), "websocket-lambda-profile-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const AWS_CONFIG_FILE = join(directory, "config");
  const AWS_SHARED_CREDENTIALS_FILE = join(directory, "credentials");
  await writeFile(AWS_CONFIG_FILE, "[profile mine]\nregion = us-east-1\n");
  await writeFile(
    AWS_SHARED_CREDENTIALS_FILE,
    `[mine]\naws_access_key_id = test\naws_secret_access_key = ${secretAccessKey}\n`,
  );
  return { AWS_PROFILE: "mine", AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE };
}

test("npm run redrive works with a profile of the AWS CLI", async () => {
  const aws = await startTestStack();
  onTestFinished(() => aws.close());
  const file = join(import.meta.dirname, "..", "..", "scripts", "redrive.ts");
  const start = async (secretAccessKey: string) =>
    run(process.execPath, [file, "--dry-run"], {
      env: { AWS_ENDPOINT_URL: aws.endpoint, ...(await profile(secretAccessKey)) },
    });
  await expect(start("test")).resolves.toMatchObject({
    stdout: expect.stringMatching(/The queue is empty\.\n$/),
  });
  await expect(start("wrong")).rejects.toMatchObject({
    stderr: expect.stringMatching(/signature|InvalidSignature/i),
  });
});
