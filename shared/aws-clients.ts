import {
  ApiGatewayManagementApiClient,
  type DeleteConnectionCommand,
  type GetConnectionCommand,
  type PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { type InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { StandardRetryStrategy } from "@smithy/core/retry";

/**
 * Milliseconds that a call may take, with its attempts, the waits between them and the response body.
 * The websocket-handler has 15 s for two: the Invoke, and after its failure the post of the error
 * frame.
 */
const DEADLINE = 6000;

/** Milliseconds: the longest wait of the SDK's own back-off between three attempts. */
const LONGEST_WAIT = 2000;

/** A call took longer than its deadline. The service may have processed the request. */
export class DeadlineExceededError extends Error {
  override readonly name = "DeadlineExceededError";
}

/**
 * Gives up, with the error of the service, where `Retry-After` asks for a longer wait than the
 * SDK's back-off. The SDK would wait up to 5 s more before each retry, and hold a handler that long
 * for each message while Lambda throttles.
 */
class PromptRetryStrategy extends StandardRetryStrategy {
  override async refreshRetryTokenForRetry(
    ...[token, failure]: Parameters<StandardRetryStrategy["refreshRetryTokenForRetry"]>
  ) {
    const wait = (failure.retryAfterHint?.getTime() ?? 0) - Date.now();
    if (wait > LONGEST_WAIT) throw failure.error;
    return await super.refreshRetryTokenForRetry(token, failure);
  }
}

/**
 * Settings of every client: three attempts of at most 1.5 s each until the response begins.
 * `requestTimeout` alone only logs a warning; `throwOnRequestTimeout` makes it end the attempt.
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
 * Posts to connections, asks about them and ends them. `send` rejects with
 * {@link DeadlineExceededError} after 6 s.
 */
export type Management = ReturnType<typeof createManagementClient>;

type ConnectionCommand = PostToConnectionCommand | GetConnectionCommand | DeleteConnectionCommand;

/** @param endpoint `https://{api}.execute-api.{region}.amazonaws.com/{stage}`, no slash at the end. */
export const createManagementClient = (endpoint: string) => {
  const client = new ApiGatewayManagementApiClient({ ...settings(), endpoint });
  return {
    send: (command: ConnectionCommand) =>
      beforeDeadline(command, (abortSignal) =>
        // The overloads of the SDK take no union; each of the three is one of them.
        client.send(command as PostToConnectionCommand, { abortSignal }),
      ),
  };
};

/** Makes a call, and aborts it at the deadline, in an attempt as well as between two. */
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
