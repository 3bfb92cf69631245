import type * as v from "valibot";

/**
 * An action that clients can request: the schema of its `data`, and the function that runs it.
 * @typeParam Returned the result, a promise of it, or a generator. A generator streams: each value that
 * it yields is posted to the client immediately, and the value that it returns is the result.
 */
export interface Action<Input extends v.GenericSchema = v.GenericSchema, Returned = unknown> {
  input: Input;
  run(data: v.InferOutput<Input>, context: ActionContext): Returned;
}

/** Information about the request and about the invocation that runs it. */
export interface ActionContext {
  readonly connectionId: string;
  /** The id that the client chose, which can be any text, or API Gateway's id if it sent none. */
  readonly requestId: string;
  /**
   * The id of the invocation. It is the same in each attempt. Lambda does not tell a function the number
   * of the attempt.
   */
  readonly invocationId: string;
  /** The `sub` claim of the client's token. Undefined on a stack without authentication. */
  readonly subject: string | undefined;
  /** The claims of the client's token that `jwt_claims` names, if the token has them. */
  readonly claims: Readonly<Record<string, unknown>>;
  /**
   * Aborts when the client has disconnected, when a value could not be posted, and shortly before the
   * function times out. Pass it to every long operation, so that the work stops: nobody needs it any
   * more, or Lambda would stop it.
   */
  readonly signal: AbortSignal;
  /** Returns the milliseconds until the function times out. */
  remainingTime(): number;
}

type Streaming<Progress, Result = unknown> =
  | AsyncGenerator<Progress, Result>
  | Generator<Progress, Result>;

/** The type of the result that a client gets. */
export type ResultOf<Returned> =
  Awaited<Returned> extends Streaming<unknown, infer Result> ? Result : Awaited<Returned>;

/** The type of the values that a client gets before the reply, from a streaming action. */
export type ProgressOf<Returned> =
  Awaited<Returned> extends Streaming<infer Progress> ? Progress : never;

/** The types of each action of a registry: the `data` that clients send, and the values they get. */
export type ActionTypes<Registry extends Record<string, Action>> = {
  [Name in keyof Registry]: {
    data: v.InferInput<Registry[Name]["input"]>;
    progress: ProgressOf<ReturnType<Registry[Name]["run"]>>;
    result: ResultOf<ReturnType<Registry[Name]["run"]>>;
  };
};

/** Returns the action. Infers the type of the argument of `run` from the input schema. */
export const defineAction = <Input extends v.GenericSchema, Returned>(
  action: Action<Input, Returned>,
): Action<Input, Returned> => action;
