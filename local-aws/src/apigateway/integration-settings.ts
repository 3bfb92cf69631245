import * as v from "valibot";
import { notImplemented } from "../protocols/aws-error.ts";
import { only } from "../protocols/only.ts";
import { functionUri } from "./function-uri.ts";
import { roleArn } from "./role-arn.ts";
import type { Integration } from "./state.ts";

const TIMEOUT = "Timeout should be between 50 ms and 29000 ms";

/** The parameters of Lambda's Invoke that change how a function is invoked. */
const INVOKE_PARAMETER = /^integration\.request\.(header\.x-amz-.+|querystring\.qualifier)$/i;

/** API Gateway passes other parameters to Lambda's Invoke, which ignores them. */
const requestParameter = v.pipe(
  v.string(),
  v.check((name) => {
    if (INVOKE_PARAMETER.test(name))
      throw notImplemented(`the parameter requestParameters.${name}`);
    return true;
  }),
);

const settings = {
  integrationType: only("integrationType", "AWS_PROXY"),
  integrationMethod: v.exactOptional(only("integrationMethod", "POST")),
  integrationUri: functionUri("Invalid function ARN or invalid URI"),
  connectionType: v.exactOptional(only("connectionType", "INTERNET")),
  contentHandlingStrategy: v.exactOptional(only("contentHandlingStrategy", "CONVERT_TO_TEXT")),
  credentialsArn: v.exactOptional(roleArn),
  description: v.exactOptional(v.pipe(v.string(), v.maxLength(1024))),
  passthroughBehavior: v.exactOptional(
    v.picklist(
      ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"],
      "Invalid passthrough behavior specified",
    ),
  ),
  payloadFormatVersion: v.exactOptional(only("payloadFormatVersion", "1.0")),
  requestParameters: v.exactOptional(v.record(requestParameter, v.string())),
  requestTemplates: v.exactOptional(v.record(v.string(), v.string())),
  templateSelectionExpression: v.exactOptional(v.string()),
  timeoutInMillis: v.exactOptional(
    v.pipe(v.number(), v.integer(), v.minValue(50, TIMEOUT), v.maxValue(29_000, TIMEOUT)),
  ),
};

const updateSettings = {
  ...settings,
  integrationType: v.exactOptional(settings.integrationType),
  integrationUri: v.exactOptional(settings.integrationUri),
};

/**
 * The parameters of CreateIntegration and UpdateIntegration. Request templates, their selection
 * expression and the passthrough behavior have no effect, because a proxy integration passes the entire
 * request through.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
 */
export const integrationSettings = { create: settings, update: updateSettings };

const updateSchema = v.strictObject(updateSettings);

type Settings = v.InferOutput<typeof updateSchema>;

/**
 * Returns an integration with changed settings. Settings and request parameters that are not in `changes`
 * stay the same. An empty string removes a role, an expression or a request parameter.
 */
export function changeIntegration(integration: Integration, changes: Settings): Integration {
  const {
    credentialsArn,
    requestParameters,
    requestTemplates,
    templateSelectionExpression,
    ...rest
  } = { ...integration, ...changes };
  const parameters = Object.fromEntries(
    Object.entries({ ...integration.requestParameters, ...requestParameters }).filter(
      ([, value]) => value !== "",
    ),
  );
  return {
    ...rest,
    ...(credentialsArn && { credentialsArn }),
    ...(hasEntries(parameters) && { requestParameters: parameters }),
    ...(hasEntries(requestTemplates) && { requestTemplates }),
    ...(templateSelectionExpression && { templateSelectionExpression }),
  };
}

const hasEntries = (map: Record<string, string> = {}): boolean => Object.keys(map).length > 0;
