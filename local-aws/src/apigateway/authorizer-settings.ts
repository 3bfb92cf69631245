import * as v from "valibot";
import { notImplemented } from "../protocols/aws-error.ts";
import { functionUri } from "./function-uri.ts";
import { badRequest } from "./identifiers.ts";
import { roleArn } from "./role-arn.ts";
import type { Authorizer } from "./state.ts";

const INVALID_URI = "Invalid Authorizer URI";

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(128));

const updateSettings = {
  name: v.exactOptional(name),
  authorizerType: v.exactOptional(v.string()),
  authorizerUri: v.exactOptional(functionUri(INVALID_URI)),
  identitySource: v.exactOptional(v.array(v.string())),
  authorizerPayloadFormatVersion: v.exactOptional(v.string()),
  authorizerResultTtlInSeconds: v.exactOptional(v.number()),
  enableSimpleResponses: v.exactOptional(v.boolean()),
  jwtConfiguration: v.exactOptional(v.unknown()),
  authorizerCredentialsArn: v.exactOptional(roleArn),
};

/** The parameters of CreateAuthorizer and UpdateAuthorizer. */
export const authorizerSettings = {
  create: { ...updateSettings, name, authorizerType: v.string() },
  update: updateSettings,
};

const updateSchema = v.strictObject(updateSettings);

type Settings = v.InferOutput<typeof updateSchema>;

/**
 * Returns an authorizer with changed settings. Settings that are not in `changes` stay the same. The
 * error messages were captured on AWS.
 * @throws {AwsError} 400 for a setting that only authorizers of HTTP APIs have, and for an invalid
 * identity source.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/apigateway/websocket_authorizer_admission.json
 */
export function changeAuthorizer(
  authorizer: Partial<Authorizer> & Pick<Authorizer, "authorizerId" | "name">,
  changes: Settings,
): Authorizer {
  if ((changes.authorizerType ?? "REQUEST") !== "REQUEST")
    throw badRequest(
      "Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis.",
    );
  refuseForWebSocket("AuthorizerPayloadFormatVersion", changes.authorizerPayloadFormatVersion);
  refuseForWebSocket("AuthorizerResultTtlInSeconds", changes.authorizerResultTtlInSeconds);
  refuseForWebSocket("EnableSimpleResponses", changes.enableSimpleResponses);
  if (changes.jwtConfiguration !== undefined)
    throw notImplemented("the parameter jwtConfiguration of an authorizer of the type REQUEST");
  const { name = authorizer.name, authorizerUri = authorizer.authorizerUri } = changes;
  const { identitySource = authorizer.identitySource ?? [] } = changes;
  const { authorizerCredentialsArn = authorizer.authorizerCredentialsArn } = changes;
  // Our choice, because there is no source: the message for a missing URI.
  if (authorizerUri === undefined) throw badRequest(INVALID_URI);
  return {
    authorizerId: authorizer.authorizerId,
    name,
    authorizerType: "REQUEST",
    authorizerUri,
    identitySource: checkedSources(identitySource),
    ...(authorizerCredentialsArn && { authorizerCredentialsArn }),
  };
}

function refuseForWebSocket(member: string, value: unknown): void {
  if (value !== undefined) throw badRequest(`${member} cannot be set for WEBSOCKET protocol Apis.`);
}

const IDENTITY_SOURCE =
  /^(route\.request\.(querystring|header)|stageVariables|context)\.[a-zA-Z0-9._-]+$/;

/** Checks the identity sources, and returns them. A list of empty strings means no sources. */
function checkedSources(sources: string[]): string[] {
  if (sources.join("") === "") return [];
  const invalid = sources.find((source) => !IDENTITY_SOURCE.test(source));
  if (invalid === undefined) return sources;
  throw badRequest(
    `Invalid request identity source expression: ${invalid}. The sources must be separated by comma, and each source must be either a request parameter, matching 'route.request.querystring|header.[a-zA-Z0-9._-]+', or a stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching 'context.[a-zA-Z0-9._-]+'`,
  );
}
