/** What can be asked for, and what comes back: read off the server's registry, as types alone. */
import type { GenericSchema, InferInput } from "valibot";
import type { actions } from "../../functions/processor/actions/index.ts";

/** Actions by their name: `typeof actions` of any registry made with `defineAction`. */
export type Registry = Record<
  string,
  { input: GenericSchema; run(data: never, caller: never): unknown }
>;

/** The actions of this repository. */
export type DefaultActions = typeof actions;

export type ActionName<Actions extends Registry> = keyof Actions & string;

/** What an action takes as `data`. */
export type Data<Actions extends Registry, Name extends keyof Actions> = InferInput<
  Actions[Name]["input"]
>;

/** What an action returns, as it looks once it has been JSON. */
export type Result<Actions extends Registry, Name extends keyof Actions> = Json<
  Awaited<ReturnType<Actions[Name]["run"]>>
>;

/** A value as JSON brings it: a `Date` comes as text, a method doesn't come at all. */
export type Json<Value> = Value extends { toJSON(): infer Text }
  ? Json<Text>
  : Value extends (...parameters: never) => unknown
    ? undefined
    : Value extends object
      ? { [Key in keyof Value]: Json<Value[Key]> }
      : Value;
