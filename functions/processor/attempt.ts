import type { Context } from "aws-lambda";
import type { Management } from "../../shared/aws-clients.ts";
import { isGone, post } from "../../shared/connection.ts";
import type { Job, Progress } from "../../shared/protocol.ts";
import { TimedOut } from "../../shared/timed-out.ts";
import type { ActionContext } from "./action.ts";

/** One attempt of a job, from the start of its action to its end. */
export interface Attempt {
  /**
   * The context that the action receives. Its signal aborts with {@link ClientGone},
   * {@link ProgressTooLarge}, `TimedOut`, or the error of a post.
   */
  readonly context: ActionContext;
  /**
   * Posts a progress frame. If that fails, aborts the signal with the error and throws it.
   * @throws {ClientGone}, {@link ProgressTooLarge}, or any other error of the post.
   */
  postProgress(frame: Progress): Promise<void>;
  /** The number of frames that `postProgress` has posted. */
  readonly posted: number;
  /** Stops the checks of the time limit and of the connection. */
  end(): void;
}

/** The client has disconnected. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
  constructor() {
    super("The client has disconnected.");
  }
}

/** The action yielded a value whose frame is over 128 KB. */
export class ProgressTooLarge extends Error {
  override readonly name = "ProgressTooLarge";
  constructor() {
    super("A progress frame is over 128 KB.");
  }
}

/** Milliseconds between the abort of an action and the timeout of the function. */
const TIME_TO_STOP = 1000;

/** Milliseconds without a post before the processor checks whether the client is still connected. */
const CHECK_AFTER = 5000;

export function startAttempt(
  job: Job,
  lambda: Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">,
  management: Management,
): Attempt {
  const { connectionId, requestId, subject, claims = {} } = job;
  const controller = new AbortController();
  const { signal } = controller;

  const remaining = lambda.getRemainingTimeInMillis();
  const timer = setTimeout(
    () => controller.abort(new TimedOut()),
    remaining - Math.min(TIME_TO_STOP, remaining / 2),
  );

  let hasEnded = false;
  let posted = 0;
  let checking: NodeJS.Timeout | undefined;
  const checkLater = () => {
    clearTimeout(checking);
    if (!hasEnded) checking = setTimeout(() => void check(), CHECK_AFTER);
  };
  const check = async () => {
    // If the check itself fails, the client may still be connected.
    if (await isGone(management, connectionId).catch(() => false))
      controller.abort(new ClientGone());
    else checkLater();
  };
  checkLater();

  return {
    context: {
      connectionId,
      requestId,
      invocationId: lambda.awsRequestId,
      subject,
      claims,
      signal,
      remainingTime: () => lambda.getRemainingTimeInMillis(),
    },
    async postProgress(frame) {
      try {
        const outcome = await post(management, connectionId, frame);
        if (outcome === "gone") throw new ClientGone();
        if (outcome === "too large") throw new ProgressTooLarge();
      } catch (error) {
        controller.abort(error);
        throw error;
      }
      posted += 1;
      checkLater();
    },
    get posted() {
      return posted;
    },
    end() {
      hasEnded = true;
      clearTimeout(timer);
      clearTimeout(checking);
    },
  };
}
