import type * as v from "valibot";
import type { Clock } from "../clock.ts";
import type { Iam } from "../iam/index.ts";
import type { Caller } from "../protocols/caller.ts";
import type { Route } from "../protocols/rest-json-protocol.ts";
import type { State } from "../state.ts";

/** The dependencies of API Gateway's control plane. */
export interface ControlPlane {
  state: State;
  clock: Clock;
  iam: Iam;
  /** Returns the URL of this local AWS, such as `http://localhost:4566`. */
  endpoint(): string;
}

/**
 * Defines one operation. The IAM action is the HTTP method and the resource is the path, such as
 * `apigateway:POST` on `arn:aws:apigateway:{region}::/apis/{apiId}/routes`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-create-and-manage-api.html
 */
export function controlRoute<Input extends v.GenericSchema<unknown, object>>(definition: {
  name: string;
  method: Route["method"];
  path: string;
  status?: number;
  input: Input;
  handle(input: v.InferOutput<Input>, region: string, caller: Caller): unknown;
}): Route {
  const { name, method, path, status, input, handle } = definition;
  return {
    name,
    method,
    path,
    ...(status !== undefined && { status }),
    operation: {
      action: `apigateway:${method}`,
      input,
      resource: (parameters: v.InferOutput<Input>, { region }) =>
        `arn:aws:apigateway:${region}::${resourcePath(path, parameters)}`,
      handle: (parameters: v.InferOutput<Input>, { region, caller }) =>
        handle(parameters, region, caller),
    },
  };
}

function resourcePath(template: string, parameters: object): string {
  const values = new Map<string, unknown>(Object.entries(parameters));
  return template
    .replace(/^\/v2/, "")
    .replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
}
