import { buildFunctions } from "../scripts/build/index.ts";

/** Runs once before all tests: they use the zips that Terraform uploads. */
export async function setup(): Promise<void> {
  await buildFunctions();
}
