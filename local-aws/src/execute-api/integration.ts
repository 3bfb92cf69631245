import * as v from "valibot";
import { functionArnIn } from "../apigateway/function-uri.ts";
import type { ApiRoute, DeployedApi, Integration } from "../apigateway/state.ts";
import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import type { Lambda, ServiceInvoker } from "../lambda/index.ts";
import {
  failed,
  FUNCTION_FAILED,
  INVOCATION_REFUSED,
  NO_INTEGRATION,
  type Outcome,
  ProxyResponse,
  TIMED_OUT,
} from "./outcome.ts";
import type { PublishedStage } from "./published-stages.ts";

/** Invokes the Lambda function of a route with an event. Rejects only for an internal error. */
export type Integrator = (
  published: PublishedStage,
  route: ApiRoute,
  event: object,
  traceHeader: string,
) => Promise<Outcome>;

export function createIntegrator(options: {
  clock: Clock;
  lambda: Pick<Lambda, "invokeAs">;
}): Integrator {
  const { clock, lambda } = options;

  const invoke = async (
    invoker: ServiceInvoker,
    functionArn: string,
    payload: string,
    traceHeader: string,
  ) => {
    try {
      const result = await lambda.invokeAs(invoker, functionArn, payload, traceHeader);
      return result.functionError === undefined
        ? succeeded(result.payload)
        : failed(FUNCTION_FAILED);
    } catch (error) {
      if (error instanceof AwsError) return failed(INVOCATION_REFUSED);
      throw error;
    }
  };

  return async ({ api, arn }, route, event, traceHeader) => {
    const integration = integrationOf(api, route);
    const functionArn = integration && functionArnIn(integration.integrationUri);
    if (integration === undefined || functionArn === undefined) return failed(NO_INTEGRATION);
    const startedAt = clock.now();
    const payload = JSON.stringify(event);
    const invoker = {
      service: "apigateway.amazonaws.com",
      sourceArn: `${arn}/${route.routeKey}`,
      roleArn: integration.credentialsArn,
    };
    const invocation = invoke(invoker, functionArn, payload, traceHeader);
    const outcome = await withinTime(clock, integration.timeoutInMillis, invocation);
    return { ...outcome, integrationLatency: clock.now() - startedAt };
  };
}

function integrationOf(
  { integrations }: DeployedApi,
  { target = "" }: ApiRoute,
): Integration | undefined {
  const integrationId = target.replace("integrations/", "");
  return Object.hasOwn(integrations, integrationId) ? integrations[integrationId] : undefined;
}

/** Returns an outcome, without a response if the payload is not one. Some routes need no response. */
function succeeded(payload: Buffer): Outcome {
  const parsed = v.safeParse(ProxyResponse, JSON.parse(payload.toString()));
  return parsed.success
    ? { status: parsed.output.statusCode, response: parsed.output }
    : { status: 200 };
}

/** Returns the outcome of an invocation, or a timeout. The invocation continues after the timeout. */
async function withinTime(
  clock: Clock,
  milliseconds: number,
  invocation: Promise<Outcome>,
): Promise<Outcome> {
  const { promise: timeout, resolve } = Promise.withResolvers<Outcome>();
  const timer = clock.setTimer(() => resolve(failed(TIMED_OUT)), milliseconds);
  try {
    return await Promise.race([invocation, timeout]);
  } finally {
    timer.cancel();
  }
}
