import { join } from "node:path";
import type { LocalAwsEvent } from "@websocket-lambda/local-aws";
import { bundleProcessorWith } from "../extra-actions.ts";
import type { StackOptions } from "../local-stack.ts";
import { startTestStack, type TestStack } from "../test-stack.ts";

const code = bundleProcessorWith(join(import.meta.dirname, "actions.ts"));

export interface StreamingStack extends TestStack {
  /** The events of all messages since the start. */
  readonly events: LocalAwsEvent[];
  /** Returns the first event that matches, or waits for it. */
  event(matches: (event: LocalAwsEvent) => boolean): Promise<LocalAwsEvent>;
}

/**
 * Starts the stack with the actions in `actions.ts`. Stop it with `await using` or `close`.
 * @param options.timeout the processor's timeout in seconds. Default: that of Terraform.
 * @param options.retries the number of retries of a failed job. Default: none.
 */
export async function startStreamingStack(
  options: StackOptions & { timeout?: number; retries?: number } = {},
): Promise<StreamingStack> {
  const { timeout, retries, ...rest } = options;
  const aws = await startTestStack(rest);
  const { configuration, eventInvokeConfig } = aws.functionNamed("processor");
  if (timeout !== undefined) configuration.Timeout = timeout;
  if (retries !== undefined && eventInvokeConfig !== undefined) {
    eventInvokeConfig.MaximumRetryAttempts = retries;
    // With the default maximum age, a job would be too old for a retry.
    eventInvokeConfig.MaximumEventAgeInSeconds = 3600;
  }
  aws.replaceCode("processor", await code);

  const events: LocalAwsEvent[] = [];
  const waiting: { matches(event: LocalAwsEvent): boolean; resolve(event: LocalAwsEvent): void }[] =
    [];
  aws.subscribe({
    event({ event }) {
      events.push(event);
      for (const { matches, resolve } of waiting) if (matches(event)) resolve(event);
    },
  });
  return Object.assign(aws, {
    events,
    event(matches: (event: LocalAwsEvent) => boolean) {
      const found = events.find(matches);
      if (found !== undefined) return Promise.resolve(found);
      return new Promise<LocalAwsEvent>((resolve) => waiting.push({ matches, resolve }));
    },
  });
}
