import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { TERRAFORM } from "../../scripts/terraform.ts";
import { onAws } from "../e2e/target.ts";

/**
 * Why the tests that need Terraform are skipped on this machine: it isn't installed, or its provider
 * can't be had. Undefined where they run.
 * Undefined in CI too: there, they have to run.
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
      ? "there is no terraform on the PATH"
      : "terraform init failed here";
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

/** For the name of a group of tests: why it is skipped, where it is. */
export const because = (skipped: string | undefined) =>
  skipped === undefined ? "" : ` (skipped: ${skipped})`;
