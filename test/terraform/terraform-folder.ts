import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestLocalAws, type TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { afterAll, beforeAll } from "vitest";
import { localCredentials, type TerraformRoot, terraformRoot } from "../../scripts/terraform.ts";
import { APPLY_TIMEOUT } from "./applied-stack.ts";
import { type RunningProvider, startProvider } from "./running-provider.ts";

/** A folder with a Terraform configuration, and an empty local AWS for it. */
export interface TerraformFolder {
  readonly local: TestLocalAws;
  readonly root: TerraformRoot;
  /** Options of SDK clients for the local AWS. */
  readonly clientOptions: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  write(name: string, content: string | Uint8Array): Promise<void>;
}

/** Creates the folder and the local AWS before the tests of a block. Does not apply anything. */
export function useTerraformFolder({ region }: { region: string }): TerraformFolder {
  let directory = "";
  let local: TestLocalAws | undefined;
  let provider: RunningProvider | undefined;
  let root: TerraformRoot | undefined;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "websocket-lambda-folder-"));
    local = createTestLocalAws();
    await local.listen();
    const { endpoint } = local;
    provider = await startProvider(localCredentials(endpoint));
    const { environment } = provider;
    const workDirectory = join(directory, "work");
    root = terraformRoot({ directory, workDirectory, endpoint, workspace: "default", environment });
  }, APPLY_TIMEOUT);
  afterAll(async () => {
    await provider?.close();
    await local?.close();
    await rm(directory, { recursive: true, force: true });
  });
  const existing = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error("The folder does not exist before beforeAll.");
    return part;
  };
  return {
    get local() {
      return existing(local);
    },
    get root() {
      return existing(root);
    },
    get clientOptions() {
      const credentials = { accessKeyId: "test", secretAccessKey: "test" };
      return { endpoint: existing(local).endpoint, region, credentials };
    },
    write: (name, content) => writeFile(join(directory, name), content),
  };
}
