import * as v from "valibot";
import type { ApiRoute } from "../apigateway/state.ts";
import type { Clock } from "../clock.ts";
import { AwsError } from "../http/aws-error.ts";
import type { Lambda } from "../lambda/index.ts";
import type { PublishedApi } from "./published-apis.ts";

/** What became of a route's integration. */
export type IntegrationResult =
  | { ok: true; response: ProxyResponse | undefined }
  /** The function failed, may not be invoked, or took too long. */
  | { ok: false; reason: string };

/** What a function returns to API Gateway. */
export type ProxyResponse = v.InferOutput<typeof ProxyResponse>;
const ProxyResponse = v.object({
  statusCode: v.pipe(v.union([v.number(), v.string()]), v.toNumber()),
  body: v.optional(v.string()),
  headers: v.optional(v.record(v.string(), v.unknown())),
});

/** Hands an event to the Lambda function behind a route. */
export type Integrate = (
  published: PublishedApi,
  stage: string,
  route: ApiRoute,
  event: object,
) => Promise<IntegrationResult>;

export function createIntegrate({ clock, lambda }: { clock: Clock; lambda: Lambda }): Integrate {
  return async ({ api, arn }, stage, route, event) => {
    const integration = api.integrations[route.target?.replace("integrations/", "") ?? ""];
    const functionArn = /functions\/(.+)\/invocations$/.exec(
      integration?.integrationUri ?? "",
    )?.[1];
    if (integration === undefined || functionArn === undefined)
      return { ok: false, reason: "The route has no integration." };

    const sourceArn = `${arn}/${stage}/${route.routeKey}`;
    const invocation = lambda
      .invokeAs("apigateway.amazonaws.com", sourceArn, functionArn, JSON.stringify(event))
      .then(({ functionError, payload }): IntegrationResult =>
        functionError === undefined
          ? { ok: true, response: asProxyResponse(payload) }
          : { ok: false, reason: payload.toString() },
      )
      .catch((error: unknown): IntegrationResult => {
        if (error instanceof AwsError) return { ok: false, reason: error.message };
        throw error;
      });
    return await withinTime(clock, integration.timeoutInMillis, invocation);
  };
}

function asProxyResponse(payload: Buffer): ProxyResponse | undefined {
  const parsed = v.safeParse(ProxyResponse, JSON.parse(payload.toString()));
  return parsed.success ? parsed.output : undefined;
}

async function withinTime(
  clock: Clock,
  milliseconds: number,
  invocation: Promise<IntegrationResult>,
): Promise<IntegrationResult> {
  const { promise: timeout, resolve } = Promise.withResolvers<IntegrationResult>();
  const reason = `The integration took longer than ${milliseconds} ms.`;
  const timer = clock.setTimer(() => resolve({ ok: false, reason }), milliseconds);
  try {
    return await Promise.race([invocation, timeout]);
  } finally {
    timer.cancel();
  }
}
