import type * as v from "valibot";

/**
 * One thing that clients can ask for: what its `data` must look like, and what comes of it.
 * @typeParam Returned the result, a promise of it, or a generator. A generator streams: each value
 * that it yields is posted to the client as it comes, and the value that it returns is the result.
 */
export interface Action<Input extends v.GenericSchema = v.GenericSchema, Returned = unknown> {
  input: Input;
  run(data: v.InferOutput<Input>, context: ActionContext): Returned;
}

/** What an action knows of its request and of the invocation that runs it. */
export interface ActionContext {
  readonly connectionId: string;
  /** The client's, which can be anything; the id of the message if the client sent none. */
  readonly requestId: string;
  /**
   * The id of the invocation. It is the same in each attempt, because Lambda retries the invocation. The
   * number of the attempt is unknown: Lambda does not pass it to a function.
   */
  readonly invocationId: string;
  /** The `sub` claim of the client's token. Undefined on a stack without authentication. */
  readonly subject: string | undefined;
  /** The claims of the client's token that `jwt_claims` names, if the token has them. */
  readonly claims: Readonly<Record<string, unknown>>;
  /**
   * Aborts when the client has disconnected, when a value could not be posted, and shortly before the
   * function times out. Pass it to everything that takes long, so that the work stops: nobody waits for
   * it any more, or Lambda would stop it.
   */
  readonly signal: AbortSignal;
  /** Returns the milliseconds until the function times out. */
  remainingTime(): number;
}

type Streaming<Progress, Result = unknown> =
  AsyncGenerator<Progress, Result> | Generator<Progress, Result>;

/** What a client gets as the reply to an action. */
export type ResultOf<Returned> =
  Awaited<Returned> extends Streaming<unknown, infer Result> ? Result : Awaited<Returned>;

/** What a client gets before the reply, from an action that streams. */
export type ProgressOf<Returned> =
  Awaited<Returned> extends Streaming<infer Progress> ? Progress : never;

/** The types of each action of a registry: what clients send as `data`, and what they get. */
export type ActionTypes<Registry extends Record<string, Action>> = {
  [Name in keyof Registry]: {
    data: v.InferInput<Registry[Name]["input"]>;
    progress: ProgressOf<ReturnType<Registry[Name]["run"]>>;
    result: ResultOf<ReturnType<Registry[Name]["run"]>>;
  };
};

/** Ties the type of `run`'s argument to the input schema. */
export const defineAction = <Input extends v.GenericSchema, Returned>(
  action: Action<Input, Returned>,
): Action<Input, Returned> => action;
