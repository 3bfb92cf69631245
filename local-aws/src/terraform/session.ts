/** Starts a local AWS with a root module that can be applied to it. */
import { mkdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../command-options.ts";
import { assemble, type LocalAws, type LocalAwsOptions } from "../local-aws.ts";
import { optimizeEarly } from "../optimize-early.ts";
import type { State } from "../state.ts";
import { checkProviderVersion } from "./provider-version.ts";
import {
  createTerraform,
  type Terraform,
  type TerraformResult,
  terraformEnvironment,
} from "./terraform-program.ts";
import { createWorkFolder, readModule, type WorkFolder } from "./work-folder.ts";

export interface Session {
  aws: LocalAws;
  state: State;
  terraform: Terraform;
  work: WorkFolder;
}

/**
 * Starts an empty local AWS, initializes Terraform in a copy of a folder, and passes both to a callback.
 * When the callback ends or `stopped` resolves, stops Terraform, removes the copy and closes the local
 * AWS.
 * @throws {UsageError} if the folder has no Terraform files, or if the provider would send requests to
 * AWS.
 */
export async function runSession(
  options: { folder: string; port: number; aws: LocalAwsOptions; stopped: Promise<unknown> },
  body: (session: Session) => Promise<void>,
): Promise<void> {
  const { folder, port, stopped } = options;
  await checkFolder(folder);
  const { aws, state } = assemble(options.aws);
  let terraform: Terraform | undefined;
  let work: WorkFolder | undefined;
  let isStopped = false;
  const run = async () => {
    await aws.listen(port);
    optimizeEarly();
    work = await createWorkFolder(folder);
    const { directory, workspace } = work;
    const environment = terraformEnvironment(aws.endpoint, await pluginCache());
    if (workspace !== undefined) environment["TF_WORKSPACE"] ??= workspace;
    terraform = createTerraform({ directory, environment });
    if (isStopped) return;
    expectSuccess("init", await terraform.run(["init", "-input=false", "-no-color"]));
    checkProviderVersion((await terraform.run(["version", "-json"])).stdout);
    await body({ aws, state, terraform, work });
  };
  const running = run();
  try {
    await Promise.race([running, stopped]);
  } finally {
    isStopped = true;
    await terraform?.stop();
    // If it was stopped, it rejects with TerraformStopped. Its other errors were thrown above.
    await running.catch(() => {});
    await work?.remove();
    await aws.close();
  }
}

/**
 * Checks that a command of Terraform has succeeded.
 * @throws {UsageError} with the output of the command.
 */
export function expectSuccess(command: string, { code, stdout, stderr }: TerraformResult): void {
  if (code !== 0)
    throw new UsageError(`terraform ${command} failed:\n\n${stderr || stdout}`.trim());
}

async function checkFolder(folder: string): Promise<void> {
  const isDirectory = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) throw new UsageError(`${folder} is not a folder.`);
  if (Object.keys(await readModule(folder)).length === 0)
    throw new UsageError(`${folder} has no Terraform files (*.tf).`);
}

/** Creates a folder that keeps the providers for the next start. Returns its path. */
async function pluginCache(): Promise<string> {
  const base = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(base, "local-aws", "terraform-providers");
  await mkdir(folder, { recursive: true });
  return folder;
}
