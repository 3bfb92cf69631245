import {
  GetAccountSettingsCommand,
  LambdaClient,
  type LambdaClientConfig,
} from "@aws-sdk/client-lambda";
import { onAws, type Target } from "./target.ts";

/** Lambda's concurrency per region in a new account. */
export const NEW_ACCOUNT = 10;

/**
 * Invocations per second that Lambda allows for each unit of concurrency. According to an AWS article of
 * 2020, this also applies to asynchronous invocations.
 */
const INVOCATIONS_PER_CONCURRENCY = 10;

/** The default of `throttling_rate_limit` in `terraform/variables.tf`, in messages per second. */
const THROTTLING_RATE = 500;

/** The load on a stack. It stays below the quotas of the account and the throttle of the stage. */
export interface Load {
  /** The maximum number of messages without a reply, and of connections that open or close at a time. */
  atOnce: number;
  /** Messages per second on all connections. */
  rate: number;
}

/**
 * Returns the load for a concurrency. A message is one invocation of each function. It can use an
 * environment of both at a time, because the processor can start before the websocket-handler returns.
 * @param concurrency the concurrency that the functions of the stack share.
 */
export function loadWithin(concurrency: number): Load {
  const messages = (concurrency * INVOCATIONS_PER_CONCURRENCY) / 2;
  return {
    atOnce: Math.max(1, Math.floor(concurrency / 2)),
    rate: 0.8 * Math.min(THROTTLING_RATE, messages),
  };
}

/** Returns the load for the account of a stack. */
export const loadFor = async (target: Target): Promise<Load> =>
  loadWithin(
    await readConcurrency(
      onAws
        ? regionOf(target.url)
        : {
            endpoint: target.local.endpoint,
            region: "us-east-1",
            credentials: { accessKeyId: "test", secretAccessKey: "test" },
          },
    ),
  );

/** Returns the region of a URL. For a custom domain name, the SDK uses the environment's region. */
function regionOf(url: string): LambdaClientConfig {
  const region = /\.execute-api\.([a-z0-9-]+)\.amazonaws\./.exec(new URL(url).hostname)?.[1];
  return region === undefined ? {} : { region };
}

/**
 * Returns the unreserved concurrency of the account. If it can't be read, prints a warning and returns the
 * concurrency of a new account.
 */
export async function readConcurrency(config: LambdaClientConfig): Promise<number> {
  const client = new LambdaClient(config);
  try {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    return AccountLimit?.UnreservedConcurrentExecutions ?? NEW_ACCOUNT;
  } catch (error) {
    console.warn(
      `Cannot read Lambda's concurrency, so the load is that for a new account (${NEW_ACCOUNT}). ` +
        `For a higher load, allow lambda:GetAccountSettings. ${String(error)}`,
    );
    return NEW_ACCOUNT;
  } finally {
    client.destroy();
  }
}
