import type { IncomingMessage } from "node:http";
import * as v from "valibot";
import type { ApiRoute, Authorizer } from "../apigateway/state.ts";
import { functionArnIn } from "../apigateway/function-uri.ts";
import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { absentKeys, firstKnown, keysOf } from "../iam/conditions/condition-keys.ts";
import { type Decision, evaluate, parseIdentityPolicy } from "../iam/identity-policy.ts";
import { reportUnknown } from "../iam/conditions/condition.ts";
import type { Lambda } from "../lambda/index.ts";
import { authorizerEvent, type ConnectionFacts, type RequestContext, traceOf } from "./events.ts";
import { identityAt } from "./identity-source.ts";
import {
  ACCESS_DENIED,
  AUTHORIZER_FAILED,
  AUTHORIZER_MISCONFIGURED,
  EXPLICITLY_DENIED,
  type GatewayError,
  INVALID_AUTHORIZER_RESULT,
  reasonOf,
  UNAUTHORIZED,
} from "./outcome.ts";
import type { PublishedStage } from "./published-stages.ts";
import type { Hooks } from "../hooks.ts";

/** The decision about a client. `authorization`: undefined if the route has no authorizer. */
export type AuthorizerDecision =
  | { admitted: true; authorization?: Authorization }
  | { admitted: false; error: GatewayError };

/** The result of an authorizer for a client that it admits. */
export interface Authorization {
  authorizer: NonNullable<ConnectionFacts["authorizer"]>;
  /** Milliseconds that the authorizer took. */
  integrationLatency: number;
}

export type RouteAuthorizer = (
  published: PublishedStage,
  route: ApiRoute,
  handshake: { facts: ConnectionFacts; context: RequestContext; request: IncomingMessage },
) => Promise<AuthorizerDecision>;

const refused = (error: GatewayError): AuthorizerDecision => ({ admitted: false, error });

/**
 * Creates a function that runs the Lambda authorizer of a route: it checks the identity sources, invokes
 * the function, and evaluates the policy that the function returns.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export function createRouteAuthorizer(options: {
  clock: Clock;
  lambda: Pick<Lambda, "invokeAs">;
  hooks: Hooks;
}): RouteAuthorizer {
  const { clock, lambda, hooks } = options;

  const ask = async (
    { apiId, arn }: PublishedStage,
    { authorizerId, authorizerUri, authorizerCredentialsArn }: Authorizer,
    event: object,
    traceHeader: string,
  ): Promise<unknown> => {
    const functionArn = functionArnIn(authorizerUri) ?? "";
    const sourceArn = arn.replace(/\/[^/]+$/, `/authorizers/${authorizerId}`);
    const { payload, functionError } = await lambda.invokeAs(
      { service: "apigateway.amazonaws.com", sourceArn, roleArn: authorizerCredentialsArn },
      functionArn,
      JSON.stringify(event),
      traceHeader,
    );
    const output: unknown = JSON.parse(payload.toString());
    if (functionError === undefined) return output;
    throw new FailedAuthorizer(apiId, output);
  };

  const runAuthorizer: RouteAuthorizer = async (published, route, { facts, context, request }) => {
    const { api, arn } = published;
    const authorizer = api.authorizers[route.authorizerId ?? ""];
    if (authorizer === undefined) return refused(AUTHORIZER_MISCONFIGURED);
    const isThere = (source: string) => Boolean(identityAt(source, facts, context, request));
    if (!authorizer.identitySource.every(isThere)) return refused(UNAUTHORIZED);
    const methodArn = `${arn}/${route.routeKey}`;
    const startedAt = clock.now();
    try {
      const event = authorizerEvent(facts, context, request, methodArn);
      const response = await ask(published, authorizer, event, traceOf(context));
      return decisionOn(response, { methodArn, context }, clock.now() - startedAt);
    } catch (error) {
      if (error instanceof FailedAuthorizer)
        return refused(error.isRefusal ? UNAUTHORIZED : AUTHORIZER_FAILED);
      if (error instanceof AwsError) return refused(AUTHORIZER_MISCONFIGURED);
      throw error;
    }
  };

  return async (published, route, handshake) => {
    if (route.authorizationType === "NONE") return { admitted: true };
    const traceHeader = traceOf(handshake.context);
    hooks.emit(traceHeader, { type: "authorizer-start" });
    const decision = await runAuthorizer(published, route, handshake);
    const refusal = decision.admitted ? {} : { error: reasonOf(decision.error) };
    hooks.emit(traceHeader, { type: "authorizer-end", ...refusal });
    return decision;
  };
}

/** An error of the authorizer. It throws the error `Unauthorized` to refuse with 401 instead of 403. */
class FailedAuthorizer extends Error {
  readonly isRefusal: boolean;
  constructor(apiId: string, output: unknown) {
    super(`The authorizer of ${apiId} failed.`);
    this.isRefusal = v.is(v.object({ errorMessage: v.literal("Unauthorized") }), output);
  }
}

/** `null` has the same effect as no member. */
const Scalar = v.nullish(v.union([v.string(), v.number(), v.boolean()]));

/**
 * The results that API Gateway accepts, as captured: a `principalId` is optional, and like each member
 * of `context` it can be any scalar.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/apigateway/websocket_lambda_authorizers.json
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
const Result = v.object({
  principalId: Scalar,
  policyDocument: v.record(v.string(), v.unknown()),
  context: v.nullish(v.record(v.string(), Scalar), {}),
});

/** Bytes of an authorizer's result. */
const RESULT_LIMIT = 8 * 1024;

interface ConnectRequest {
  methodArn: string;
  context: Pick<RequestContext, "identity">;
}

function decisionOn(
  output: unknown,
  request: ConnectRequest,
  integrationLatency: number,
): AuthorizerDecision {
  const parsed = v.safeParse(Result, output);
  // Our choice, because there is no source: a result over the limit is an invalid one.
  if (!parsed.success || Buffer.byteLength(JSON.stringify(output)) > RESULT_LIMIT)
    return refused(INVALID_AUTHORIZER_RESULT);
  const { principalId, policyDocument, context } = parsed.output;
  const effect = effectOf(policyDocument, request);
  if (effect === "invalid") return refused(INVALID_AUTHORIZER_RESULT);
  if (effect === "explicitly denied") return refused(EXPLICITLY_DENIED);
  if (effect === "implicitly denied") return refused(ACCESS_DENIED);
  const texts = Object.entries({ ...context, principalId })
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => [key, String(value)]);
  const authorizer: Authorization["authorizer"] = Object.fromEntries(texts);
  return { admitted: true, authorization: { authorizer, integrationLatency } };
}

/** Returns the effect of a policy on the handshake; `invalid` if it is not a policy. */
function effectOf(
  policyDocument: object,
  { methodArn, context: { identity } }: ConnectRequest,
): Decision | "invalid" {
  const keys = keysOf({
    "aws:SecureTransport": "true",
    "aws:SourceIp": identity.sourceIp,
    "aws:UserAgent": identity.userAgent,
  });
  try {
    const rules = parseIdentityPolicy(JSON.stringify(policyDocument));
    const asked = { action: "execute-api:Invoke", resource: methodArn };
    return evaluate(rules, asked, firstKnown(keys, absentKeys), (conditions) =>
      reportUnknown(`The policy of an authorizer for ${methodArn}`, conditions),
    );
  } catch (error) {
    if (error instanceof AwsError) return "invalid";
    throw error;
  }
}
