import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { actions } from "../../functions/processor/actions/index.ts";
import type { Action } from "../../functions/processor/action.ts";
import { PING, Request } from "../../shared/protocol.ts";
import { ERROR_CODES, Failure, GatewayError, PingSuccess, Progress, Success } from "./replies.ts";
import { progress, results } from "./results.ts";

/** The actions of a processor, and the schemas of their results and of the values they yield. */
export interface Registry {
  actions: Readonly<Record<string, Action>>;
  results: SchemaByAction;
  progress: SchemaByAction;
}
type SchemaByAction = Readonly<Record<string, v.GenericSchema | undefined>>;

export const registry: Registry = { actions, results, progress };

/** The names of all requests: the actions in the registry's order, and `ping`. */
export const requestNames = ({ actions }: Registry = registry): string[] => [
  ...Object.keys(actions),
  PING,
];

/** The name of a definition, such as `uppercase.request`. */
export type DefinitionName =
  | "Request"
  | "Frame"
  | "Progress"
  | "Reply"
  | "Success"
  | "Failure"
  | "GatewayError"
  | `${string}.${"request" | "progress" | "success"}`;

/** Converts to JSON Schema. */
type Convert = (schema: v.GenericSchema) => JsonSchema;

/**
 * Returns all messages by name, as JSON Schema. Omits checks that JSON Schema can't express, such as
 * `v.check`, so the definitions never reject a message that the stack accepts.
 * @param target the dialect. The keywords in use are the same in both.
 * @param path the path of the definitions in the document, such as `#/$defs`.
 */
export function definitions(
  target: "draft-07" | "draft-2020-12",
  path: string,
  { actions, results, progress }: Registry = registry,
): Record<DefinitionName, JsonSchema> {
  const convert: Convert = (schema) => {
    const options = { target, typeMode: "input", errorMode: "ignore" } as const;
    const { $schema: _, ...converted } = toJsonSchema(schema, options);
    return converted;
  };
  const oneOf = (...names: DefinitionName[]) => names.map((name) => ({ $ref: `${path}/${name}` }));
  const ofActions = Object.entries(actions).flatMap(([name, { input }]) => [
    [`${name}.request`, requestOf(convert, name, input)],
    ...(progress[name] === undefined
      ? []
      : [[`${name}.progress`, frameOf(convert, Progress, name, "progress", progress[name])]]),
    [`${name}.success`, frameOf(convert, Success, name, "result", results[name])],
  ]);
  return {
    Request: {
      ...convert(envelope),
      description:
        "A request: one text message from a client. Other keys are ignored. Lengths count UTF-16 code units, as in JavaScript.",
    },
    Frame: {
      description: "Any frame that a client receives.",
      oneOf: oneOf("Progress", "Reply", "GatewayError"),
    },
    Progress: {
      ...convert(Progress),
      description:
        "A frame before the reply: a value that a streaming action yielded. sequence counts the frames of an attempt, from 0 and without gaps. A later attempt starts at 0 again.",
    },
    Reply: {
      description: "A reply: the last frame of a request, sent to the connection of the request.",
      oneOf: oneOf("Success", "Failure"),
    },
    Success: { ...convert(Success), description: "The result of the action." },
    Failure: {
      ...convert(Failure),
      description: `An error frame. ${codeList()}`,
    },
    GatewayError: {
      ...convert(GatewayError),
      description:
        "An error frame that API Gateway itself sends. Its requestId is API Gateway's own, not the requestId of a request.",
    },
    ...Object.fromEntries(ofActions),
    [`${PING}.request`]: {
      ...convert(PingRequest),
      description: "Keeps a connection open. No action runs.",
    },
    [`${PING}.success`]: convert(PingSuccess),
  };
}

/** The schema of a request's keys. The earlier items of the pipe only improve an error message. */
const envelope = Request.pipe[2];

const PingRequest = v.object({ ...v.omit(envelope, ["data"]).entries, action: v.literal(PING) });

function requestOf(convert: Convert, name: string, input: v.GenericSchema): JsonSchema {
  const { properties, required = [] } = convert(envelope);
  return {
    type: "object",
    properties: { ...properties, action: { const: name }, data: convert(input) },
    required: v.is(input, undefined) ? required : [...required, "data"],
  };
}

/**
 * Returns the schema of a frame of one action.
 * @param member the key of the action's value.
 * @param value the schema of the value. Undefined: any JSON value, or none.
 */
function frameOf(
  convert: Convert,
  frame: v.GenericSchema,
  name: string,
  member: "progress" | "result",
  value: v.GenericSchema | undefined,
): JsonSchema {
  const { properties, required = [] } = convert(frame);
  return {
    type: "object",
    properties: {
      ...properties,
      action: { const: name },
      ...(value !== undefined && { [member]: convert(value) }),
    },
    required: value === undefined ? required : [...required, member],
  };
}

const codeList = () =>
  Object.entries(ERROR_CODES)
    .map(([code, cause]) => `${code}: ${cause}.`)
    .join(" ");

/** Returns the content of `docs/protocol.schema.json`: any frame, and each kind of frame in `$defs`. */
export const protocolSchema = () => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $comment: "Generated by `npm run schemas`.",
  title: "WebSocket Lambda messages",
  anyOf: ["Request", "Frame"].map((name) => ({ $ref: `#/$defs/${name}` })),
  $defs: definitions("draft-2020-12", "#/$defs"),
});
