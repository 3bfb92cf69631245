import type * as v from "valibot";

/** One thing that clients can ask for: what its `data` must look like, and what comes of it. */
export interface Action<Input extends v.GenericSchema = v.GenericSchema, Result = unknown> {
  input: Input;
  run(data: v.InferOutput<Input>, caller: Caller): Result | Promise<Result>;
}

/** Who asks. */
export interface Caller {
  /** As the authorizer knows them; absent on a stack without authentication. */
  subject?: string | undefined;
}

/** The types of each action of a registry: what clients send as `data`, and what `run` returns. */
export type ActionTypes<Registry extends Record<string, Action>> = {
  [Name in keyof Registry]: {
    data: v.InferInput<Registry[Name]["input"]>;
    result: Awaited<ReturnType<Registry[Name]["run"]>>;
  };
};

/** Ties the type of `run`'s argument to the input schema. */
export const defineAction = <Input extends v.GenericSchema, Result>(
  action: Action<Input, Result>,
): Action<Input, Result> => action;
