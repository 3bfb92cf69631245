import { parseArn } from "../arn.ts";
import type { Lambda } from "../lambda/index.ts";
import type { Sqs } from "../sqs/index.ts";
import type { State } from "../state.ts";
import type { DeadLetter } from "./dead-letter.ts";

/** The messages in the dead-letter queues of all functions. */
export interface DeadLetters {
  /** Returns the dead letters, the newest first. */
  list(): DeadLetter[];
  /**
   * Invokes the function of the queue with the event, and deletes the message.
   * @throws {Error} if the message does not exist, or if several functions use the queue.
   */
  send(id: string): void;
  /** Deletes messages by their IDs. */
  remove(ids: readonly string[]): void;
}

export function createDeadLetters(options: {
  state: State;
  lambda: Pick<Lambda, "enqueue">;
  sqs: Pick<Sqs, "messages" | "remove">;
}): DeadLetters {
  const { state, lambda, sqs } = options;
  /** Groups the ARNs of the functions by the ARN of their dead-letter queue. */
  const functionsByQueue = () => {
    const found = new Map<string, string[]>();
    for (const region of Object.values(state.regions))
      for (const { configuration } of Object.values(region.lambda.functions)) {
        const queueArn = configuration.DeadLetterConfig?.TargetArn;
        if (queueArn === undefined) continue;
        found.set(queueArn, [...(found.get(queueArn) ?? []), configuration.FunctionArn]);
      }
    return found;
  };
  return {
    list: () =>
      [...functionsByQueue().keys()]
        .flatMap((queueArn) =>
          sqs.messages(queueArn).map(({ MessageId, Body, sentAt, attributes }) => ({
            id: MessageId,
            queue: parseArn(queueArn)?.resource ?? queueArn,
            sentAt,
            error: attributes["ErrorMessage"]?.StringValue ?? "",
            body: Body,
          })),
        )
        .toSorted((a, b) => b.sentAt - a.sentAt),
    send(id) {
      for (const [queueArn, functionArns] of functionsByQueue()) {
        const message = sqs.messages(queueArn).find(({ MessageId }) => MessageId === id);
        if (message === undefined) continue;
        const [functionArn] = functionArns;
        if (functionArn === undefined || functionArns.length > 1)
          throw new Error(
            `${functionArns.length} functions have this dead-letter queue, so the function of the message is not known. Invoke the function with the AWS CLI.`,
          );
        lambda.enqueue(functionArn, message.Body);
        sqs.remove(queueArn, [id]);
        return;
      }
      throw new Error("The message is no longer in the queue.");
    },
    remove(ids) {
      for (const queueArn of functionsByQueue().keys()) sqs.remove(queueArn, ids);
    },
  };
}
