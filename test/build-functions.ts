import { buildFunctions } from "../scripts/build/index.ts";

/** Runs once before all tests. They use the zip files that Terraform uploads. */
export async function setup(): Promise<void> {
  await buildFunctions();
}
