/** The types of one action, as the server defines it. */
export interface ActionType {
  /** The type of `data`. It is optional in a request if it can be `undefined`. */
  data: unknown;
  /** The type of each piece of a streaming action on the server. Default: it has no pieces. */
  progress?: unknown;
  /** The type of the result on the server. The client gets it as JSON; see `Json`. */
  result: unknown;
}

/** The constraint for a type with an `ActionType` per action. An interface satisfies it as well. */
export type ActionTypes<Actions> = Record<keyof Actions, ActionType>;

/** The actions of a client without a type parameter: any action, with any data and result. */
export type AnyActions = Record<string, ActionType>;

export type ActionName<Actions> = keyof Actions & string;

export type Data<
  Actions extends ActionTypes<Actions>,
  Name extends keyof Actions,
> = Actions[Name]["data"];

export type Result<Actions extends ActionTypes<Actions>, Name extends keyof Actions> = Json<
  Actions[Name]["result"]
>;

export type Progress<Actions extends ActionTypes<Actions>, Name extends keyof Actions> = Json<
  "progress" extends keyof Actions[Name] ? Actions[Name]["progress"] : never
>;

/** The type of a value after `JSON.stringify` and `JSON.parse`: a `Date` becomes a string. */
export type Json<Value> = Value extends { toJSON(): infer Text }
  ? Json<Text>
  : Value extends (...parameters: never) => unknown
    ? undefined
    : Value extends object
      ? { [Key in keyof Value]: Json<Value[Key]> }
      : Value;
