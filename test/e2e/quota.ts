import {
  GetAccountSettingsCommand,
  LambdaClient,
  type LambdaClientConfig,
} from "@aws-sdk/client-lambda";
import { onAws, type Target } from "./target.ts";

/** Lambda's concurrency in a new account, in each region. */
export const NEW_ACCOUNT = 10;

/**
 * Invocations per second that Lambda allows for each unit of concurrency. AWS's text of 2020 gives the
 * same number for asynchronous invocations.
 */
const INVOCATIONS_PER_CONCURRENCY = 10;

/** The default of `throttling_rate_limit` in `terraform/variables.tf`, in messages per second. */
const THROTTLING_RATE = 500;

/** How much the suite asks of a stack, such that no quota of its account and no throttle refuses any of it. */
export interface Load {
  /** Messages without a reply, over all connections; also connections that open or close at a time. */
  atOnce: number;
  /** Messages a second, over all connections. */
  rate: number;
}

/**
 * A message may have an environment of both functions at a time, the websocket-handler's until it has
 * returned and the processor's already, and is an invocation of each.
 * @param concurrency that Lambda has for the functions of the stack.
 */
export function loadWithin(concurrency: number): Load {
  const messages = (concurrency * INVOCATIONS_PER_CONCURRENCY) / 2;
  return {
    atOnce: Math.max(1, Math.floor(concurrency / 2)),
    rate: 0.8 * Math.min(THROTTLING_RATE, messages),
  };
}

/** Reads the load that the account of a stack stands. */
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

/** Of a custom domain, the region is that of the environment. */
function regionOf(url: string): LambdaClientConfig {
  const region = /\.execute-api\.([a-z0-9-]+)\.amazonaws\./.exec(new URL(url).hostname)?.[1];
  return region === undefined ? {} : { region };
}

/**
 * Returns the concurrency that no function of the account reserves. Where it can't be read, says so
 * and returns a new account's.
 */
export async function readConcurrency(config: LambdaClientConfig): Promise<number> {
  const client = new LambdaClient(config);
  try {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    return AccountLimit?.UnreservedConcurrentExecutions ?? NEW_ACCOUNT;
  } catch (error) {
    console.warn(
      `The load stays below a concurrency of ${NEW_ACCOUNT}, a new account's, because Lambda's can't be read. ` +
        `For more, allow lambda:GetAccountSettings. ${String(error)}`,
    );
    return NEW_ACCOUNT;
  } finally {
    client.destroy();
  }
}
