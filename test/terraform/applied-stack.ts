import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { LocalAwsOptions } from "@websocket-lambda/local-aws";
import { createTestLocalAws, type TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { applyStack, localCredentials, type TerraformRoot } from "../../scripts/terraform.ts";
import type { Target } from "../e2e/target.ts";
import { type RunningProvider, startProvider } from "./running-provider.ts";

/** A stack that Terraform applied to a local AWS. A target of the end-to-end tests. */
export interface AppliedStack extends Target {
  readonly account: TerraformRoot;
  readonly application: TerraformRoot;
  /** A directory for files of the test. */
  readonly workDirectory: string;
  /** The environment variables with which Terraform uses the running provider. */
  readonly environment: Record<string, string>;
  /** Reads the URL again. Call it after an apply that changes the URL. */
  refresh(): Promise<void>;
}

/** Milliseconds. An apply takes 28 s, because the provider waits 25 s for the queue. */
export const APPLY_TIMEOUT = 180_000;

/**
 * Applies both root modules before the tests of a block. Does not destroy them afterwards.
 * @param variablesAt returns the arguments of the apply, given the URL of the local AWS.
 */
export function useAppliedStack(
  variablesAt: (endpoint: string) => string[] = () => [],
  options: Pick<LocalAwsOptions, "pages"> = {},
): AppliedStack {
  let local: TestLocalAws | undefined;
  let provider: RunningProvider | undefined;
  let workDirectory = "";
  let roots: { account: TerraformRoot; application: TerraformRoot } | undefined;
  let url = "";
  const refresh = async () => {
    url = (await roots?.application.output("websocket_url")) ?? "";
  };
  beforeAll(async () => {
    workDirectory = await mkdtemp(join(tmpdir(), "websocket-lambda-terraform-"));
    local = createTestLocalAws(options);
    await local.listen();
    const { endpoint } = local;
    provider = await startProvider(localCredentials(endpoint));
    const { environment } = provider;
    const variables = variablesAt(endpoint);
    roots = await applyStack({ endpoint, workDirectory, variables, environment });
    await refresh();
  }, APPLY_TIMEOUT);
  afterAll(async () => {
    await provider?.close();
    await local?.close();
    await rm(workDirectory, { recursive: true, force: true });
  });
  const started = <Value>(value: Value | undefined): Value => {
    if (value === undefined) throw new Error("The stack is not applied yet.");
    return value;
  };
  return {
    refresh,
    get url() {
      return url;
    },
    get local() {
      return started(local);
    },
    get environment() {
      return started(provider).environment;
    },
    get account() {
      return started(roots).account;
    },
    get application() {
      return started(roots).application;
    },
    get workDirectory() {
      return workDirectory;
    },
  };
}
