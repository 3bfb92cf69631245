import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { TERRAFORM } from "../../scripts/terraform.ts";
import { onAws } from "../e2e/target.ts";

/**
 * Returns the reason why tests that need Terraform are skipped: Terraform is not installed, or its
 * provider is unavailable. Returns undefined if the tests run, and always in CI.
 */
export async function reasonToSkip(): Promise<string | undefined> {
  if (onAws) return "the suite runs on AWS";
  if (process.env["CI"] === "true") return undefined;
  const dataDirectory = await mkdtemp(join(tmpdir(), "websocket-lambda-terraform-"));
  const environment = { ...process.env, TF_DATA_DIR: dataDirectory, CHECKPOINT_DISABLE: "1" };
  const init = ["init", "-backend=false", "-input=false", "-no-color", "-lockfile=readonly"];
  try {
    await promisify(execFile)("terraform", [`-chdir=${TERRAFORM}`, ...init], { env: environment });
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT"
      ? "terraform is not on the PATH"
      : "terraform init failed";
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

/** Returns the reason for the name of a group of tests, or an empty string if it is not skipped. */
export const because = (skipped: string | undefined) =>
  skipped === undefined ? "" : ` (skipped: ${skipped})`;
