import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { actions } from "../../functions/processor/actions/index.ts";
import type { Action } from "../../functions/processor/action.ts";
import { Request } from "../../shared/protocol.ts";
import { ERROR_CODES, Failure, GatewayError, Success } from "./replies.ts";
import { results } from "./results.ts";

const registry: Readonly<Record<string, Action>> = actions;
const resultSchemas: Readonly<Record<string, v.GenericSchema | undefined>> = results;

/** The names of all actions, in the registry's order. */
export const actionNames: readonly string[] = Object.keys(registry);

/** A definition as its reader knows it: `uppercase.request`. */
export type DefinitionName =
  | "Request"
  | "Reply"
  | "Success"
  | "Failure"
  | "GatewayError"
  | `${string}.${"request" | "success"}`;

/**
 * Every message by name, as JSON Schema. What JSON Schema can't express, such as `v.check`, is left
 * out: the definitions never refuse what the stack takes.
 * @param target the dialect. What is used of it is the same in both.
 * @param path of the place where the definitions will be: `#/$defs`.
 */
export function definitions(
  target: "draft-07" | "draft-2020-12",
  path: string,
): Record<DefinitionName, JsonSchema> {
  const convert = (schema: v.GenericSchema): JsonSchema => {
    const options = { target, typeMode: "input", errorMode: "ignore" } as const;
    const { $schema: _, ...converted } = toJsonSchema(schema, options);
    return converted;
  };
  const ofActions = Object.entries(registry).flatMap(([name, { input }]) => [
    [`${name}.request`, requestOf(convert, name, input)],
    [`${name}.success`, successOf(convert, name, resultSchemas[name])],
  ]);
  return {
    Request: {
      ...convert(envelope),
      description:
        "One text frame from a client. Other keys are ignored. Lengths count UTF-16 code units, as JavaScript does.",
    },
    Reply: {
      description: "One text frame for each request, posted to the connection it came from.",
      oneOf: [{ $ref: `${path}/Success` }, { $ref: `${path}/Failure` }],
    },
    Success: { ...convert(Success), description: "The action's result." },
    Failure: {
      ...convert(Failure),
      description: `A request that came to nothing. ${codeList()}`,
    },
    GatewayError: {
      ...convert(GatewayError),
      description:
        "API Gateway's own error frame. Its requestId is API Gateway's, never that of a request.",
    },
    ...Object.fromEntries(ofActions),
  };
}

/** Of the request's pipe, the part that has a form; the check before it only words an error. */
const envelope = Request.pipe[2];

function requestOf(
  convert: (schema: v.GenericSchema) => JsonSchema,
  name: string,
  input: v.GenericSchema,
): JsonSchema {
  const { properties, required = [] } = convert(envelope);
  return {
    type: "object",
    properties: { ...properties, action: { const: name }, data: convert(input) },
    required: v.is(input, undefined) ? required : [...required, "data"],
  };
}

function successOf(
  convert: (schema: v.GenericSchema) => JsonSchema,
  name: string,
  result: v.GenericSchema | undefined,
): JsonSchema {
  const { properties, required = [] } = convert(Success);
  return {
    type: "object",
    properties: {
      ...properties,
      action: { const: name },
      ...(result !== undefined && { result: convert(result) }),
    },
    required: result === undefined ? required : [...required, "result"],
  };
}

const codeList = () =>
  Object.entries(ERROR_CODES)
    .map(([code, meaning]) => `${code}: ${meaning}.`)
    .join(" ");

/** `docs/protocol.schema.json`: any frame, and each kind of frame under `$defs`. */
export const protocolSchema = () => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $comment: "Written by `npm run schemas`.",
  title: "The messages of WebSocket Lambda",
  anyOf: ["Request", "Reply", "GatewayError"].map((name) => ({ $ref: `#/$defs/${name}` })),
  $defs: definitions("draft-2020-12", "#/$defs"),
});
