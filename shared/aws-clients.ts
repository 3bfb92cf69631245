import {
  ApiGatewayManagementApiClient,
  type DeleteConnectionCommand,
  type GetConnectionCommand,
  type PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { type InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { StandardRetryStrategy } from "@smithy/core/retry";

/**
 * The time limit of a call in milliseconds, including retries, back-off and the response body. The
 * websocket-handler has 15 s for two calls: the Invoke, and the post of the error frame if it fails.
 */
const DEADLINE = 6000;

/** The longest back-off of the SDK between three attempts, in milliseconds. */
const LONGEST_BACK_OFF = 2000;

/** Thrown when a call takes longer than its deadline. The service may have processed the request. */
export class DeadlineExceededError extends Error {
  override readonly name = "DeadlineExceededError";
}

/**
 * Stops retrying, with the error of the service, if `Retry-After` asks for a longer wait than the SDK's
 * back-off. The SDK would wait up to 5 s more before each retry, and each message would occupy a handler
 * for that time while Lambda throttles.
 */
class PromptRetryStrategy extends StandardRetryStrategy {
  override async refreshRetryTokenForRetry(
    ...[token, failure]: Parameters<StandardRetryStrategy["refreshRetryTokenForRetry"]>
  ) {
    const wait = (failure.retryAfterHint?.getTime() ?? 0) - Date.now();
    if (wait > LONGEST_BACK_OFF) throw failure.error;
    return await super.refreshRetryTokenForRetry(token, failure);
  }
}

/**
 * Returns the settings of every client: three attempts, each with 1.5 s until the response begins.
 * Without `throwOnRequestTimeout`, the SDK only logs a warning when `requestTimeout` has passed.
 */
const settings = () => ({
  retryStrategy: new PromptRetryStrategy({ maxAttempts: 3 }),
  requestHandler: { connectionTimeout: 500, requestTimeout: 1500, throwOnRequestTimeout: true },
});

/** Invokes functions. `send` rejects with {@link DeadlineExceededError} after 6 s. */
export type Lambda = ReturnType<typeof createLambdaClient>;

export const createLambdaClient = () => {
  const client = new LambdaClient(settings());
  return {
    send: (command: InvokeCommand) =>
      beforeDeadline(command, (abortSignal) => client.send(command, { abortSignal })),
  };
};

/**
 * Posts to connections, gets their status and closes them. `send` rejects with
 * {@link DeadlineExceededError} after 6 s.
 */
export type Management = ReturnType<typeof createManagementClient>;

type ConnectionCommand = PostToConnectionCommand | GetConnectionCommand | DeleteConnectionCommand;

/** @param endpoint `https://{api}.execute-api.{region}.amazonaws.com/{stage}`, without a slash at the end. */
export const createManagementClient = (endpoint: string) => {
  const client = new ApiGatewayManagementApiClient({ ...settings(), endpoint });
  return {
    send: (command: ConnectionCommand) =>
      beforeDeadline(command, (abortSignal) =>
        // The SDK has an overload for each of the three commands, but none for their union.
        client.send(command as PostToConnectionCommand, { abortSignal }),
      ),
  };
};

/** Makes a call and aborts it at the deadline, during an attempt or between two. */
async function beforeDeadline<Output>(
  command: object,
  call: (signal: AbortSignal) => Promise<Output>,
): Promise<Output> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), DEADLINE);
  try {
    return await call(controller.signal);
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== "AbortError") throw cause;
    const operation = command.constructor.name.replace(/Command$/, "");
    const message = `${operation} took longer than ${DEADLINE / 1000} s, including retries, and was aborted. The service may have processed the request.`;
    throw new DeadlineExceededError(message, { cause });
  } finally {
    clearTimeout(timer);
  }
}
