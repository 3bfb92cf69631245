import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { LocalAwsOptions } from "@websocket-lambda/local-aws";
import { createTestLocalAws, type TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { applyStack, localCredentials, type TerraformRoot } from "../../scripts/terraform.ts";
import type { Target } from "../e2e/target.ts";
import { type RunningProvider, startProvider } from "./running-provider.ts";

/** A local AWS with a stack that Terraform applied to it, as a target of the end-to-end tests. */
export interface AppliedStack extends Target {
  readonly account: TerraformRoot;
  readonly application: TerraformRoot;
  /** For whatever else a test writes. */
  readonly workDirectory: string;
  /** The environment variables with which Terraform uses the provider that is running. */
  readonly environment: Record<string, string>;
  /** Reads the URL anew, after an apply that changed it. */
  refresh(): Promise<void>;
}

/** Milliseconds. An apply takes 28 s, of which the provider spends 25 waiting for the queue. */
export const APPLY_TIMEOUT = 180_000;

/**
 * Applies both root modules before the tests of a block, and destroys nothing after them.
 * @param variablesAt arguments of the apply, for the URL of the local AWS.
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
