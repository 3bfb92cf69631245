/** Finds the resources that the WebSocket APIs of a configuration reach. */
import * as v from "valibot";
import { type DependencyGraph, isResource } from "./dependency-graph.ts";
import { ModuleValues, resourcesIn } from "./show-json.ts";

/** Sorted addresses without an index and without data sources. */
export interface Reachability {
  reached: string[];
  unreached: string[];
}

/**
 * Types of resources that extend another resource, with the attributes that name it. No resource depends
 * on them, so they are reached together with the resource that they extend.
 */
const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  aws_apigatewayv2_authorizer: ["api_id"],
  aws_apigatewayv2_deployment: ["api_id"],
  aws_apigatewayv2_integration: ["api_id"],
  aws_apigatewayv2_integration_response: ["api_id"],
  aws_apigatewayv2_model: ["api_id"],
  aws_apigatewayv2_route: ["api_id"],
  aws_apigatewayv2_route_response: ["api_id"],
  aws_apigatewayv2_stage: ["api_id"],
  aws_cloudwatch_log_group: ["name"],
  aws_dynamodb_table_item: ["table_name"],
  aws_iam_policy_attachment: ["roles"],
  aws_iam_role_policy: ["role"],
  aws_iam_role_policy_attachment: ["role"],
  // If the queue is reached, its messages invoke the function. If only the function is reached, the
  // messages of the queue still invoke it.
  aws_lambda_event_source_mapping: ["function_name", "event_source_arn"],
  aws_lambda_function_event_invoke_config: ["function_name"],
  aws_lambda_permission: ["function_name"],
  aws_sns_topic_subscription: ["topic_arn"],
  aws_sqs_queue_policy: ["queue_url"],
  aws_sqs_queue_redrive_allow_policy: ["queue_url"],
  aws_sqs_queue_redrive_policy: ["queue_url"],
};

/** Types that only connect two resources. They are reached if both resources are reached. */
const CONNECTIONS = new Set(["aws_lambda_permission"]);

const Expression = v.object({
  constant_value: v.optional(v.unknown()),
  references: v.optional(v.array(v.string()), []),
});

interface ConfigurationModule {
  resources: {
    address: string;
    mode: string;
    type: string;
    expressions: Record<string, unknown>;
    for_each_expression?: unknown;
  }[];
  module_calls: Record<string, { module: ConfigurationModule }>;
}

const ConfigurationModule: v.GenericSchema<unknown, ConfigurationModule> = v.object({
  resources: v.optional(
    v.array(
      v.object({
        address: v.string(),
        mode: v.string(),
        type: v.string(),
        expressions: v.optional(v.record(v.string(), v.unknown()), {}),
        for_each_expression: v.optional(v.unknown()),
      }),
    ),
    [],
  ),
  module_calls: v.optional(
    v.record(v.string(), v.object({ module: v.lazy(() => ConfigurationModule) })),
    {},
  ),
});

const Plan = v.object({
  planned_values: v.optional(ModuleValues, {}),
  configuration: v.object({ root_module: v.optional(ConfigurationModule, {}) }),
});

/** A resource of the configuration, with its address in the root module. */
interface Configured {
  address: string;
  /** `managed`, or `data` for a data source. */
  mode: string;
  type: string;
  /** Returns the graph nodes that an attribute names, and its value if it is constant. */
  attribute(name: string): { nodes: string[]; constant: unknown };
}

/**
 * Finds the reached resources. A resource is reached if it is a WebSocket API or the account settings of
 * API Gateway, if a reached resource depends on it, or if it extends a reached resource.
 * @param plan the output of `terraform show -json` for a plan that contains the APIs.
 */
export function reachabilityOf(plan: string, graph: DependencyGraph): Reachability {
  const { planned_values, configuration } = v.parse(Plan, JSON.parse(plan));
  const managed = configuredIn(configuration.root_module).filter(({ mode }) => mode === "managed");
  const apis = resourcesIn(planned_values.root_module).filter(
    ({ type, values }) =>
      type === "aws_apigatewayv2_api" && values["protocol_type"] === "WEBSOCKET",
  );
  const reached = new Set<string>();
  const reach = (address: string) => {
    if (reached.has(address)) return;
    reached.add(address);
    for (const dependency of graph.dependenciesOf(address)) reach(dependency);
  };

  const isSubjectReached = (resource: Configured): boolean =>
    (EXTENSIONS[resource.type] ?? []).some((name) => {
      const { nodes, constant } = resource.attribute(name);
      const subjects = nodes.flatMap((node) =>
        isResource(node) ? [node] : [...graph.dependenciesOf(node)],
      );
      return subjects.some((subject) => reached.has(subject)) || isLogGroupOf(constant);
    });
  const isLogGroupOf = (name: unknown) =>
    managed.some(
      ({ address, type, attribute }) =>
        type === "aws_lambda_function" &&
        reached.has(address) &&
        name === `/aws/lambda/${String(attribute("function_name").constant)}`,
    );
  const extendsReached = (resource: Configured) =>
    isSubjectReached(resource) &&
    (!CONNECTIONS.has(resource.type) ||
      [...graph.dependenciesOf(resource.address)].every((each) => reached.has(each)));

  if (apis.length > 0)
    for (const { address, type } of managed) if (type === "aws_api_gateway_account") reach(address);
  for (const { address } of apis) reach(withoutIndex(address));
  for (let size = -1; size !== reached.size;) {
    size = reached.size;
    for (const resource of managed) if (extendsReached(resource)) reach(resource.address);
  }

  const addresses = managed.map(({ address }) => address).toSorted();
  return {
    reached: addresses.filter((address) => reached.has(address)),
    unreached: addresses.filter((address) => !reached.has(address)),
  };
}

/** Returns the resources of a module and of the modules that it calls. */
function configuredIn(module: ConfigurationModule, prefix = ""): Configured[] {
  const own = module.resources.map(
    ({ address, mode, type, expressions, for_each_expression }): Configured => ({
      address: prefix + address,
      mode,
      type,
      attribute(name) {
        const { references, constant_value } = expressionOf(expressions[name]);
        const names = references.some((reference) => reference.startsWith("each."))
          ? [...references, ...expressionOf(for_each_expression).references]
          : references;
        return { nodes: names.map((each) => prefix + nodeOf(each)), constant: constant_value };
      },
    }),
  );
  const called = Object.entries(module.module_calls).flatMap(([name, call]) =>
    configuredIn(call.module, `${prefix}module.${name}.`),
  );
  return [...own, ...called];
}

function expressionOf(expression: unknown): v.InferOutput<typeof Expression> {
  const result = v.safeParse(Expression, expression);
  return result.success ? result.output : { references: [] };
}

/**
 * Returns the graph node for a reference, without index and attribute: `module.chat.arn` is the output
 * `arn`, and `aws_iam_role.chat[0].name` is the resource `aws_iam_role.chat`.
 */
function nodeOf(reference: string): string {
  const [first = "", second = "", third = ""] = withoutIndex(reference).split(".");
  if (first === "module") return third === "" ? reference : `module.${second}.output.${third}`;
  return first === "data" ? `data.${second}.${third}` : `${first}.${second}`;
}

const withoutIndex = (address: string) =>
  address.replaceAll(/\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]/g, "");
