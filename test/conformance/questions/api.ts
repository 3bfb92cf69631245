import type { Bench } from "./bench.ts";
import { connect, open, type SocketClient } from "./web-socket.ts";

export interface ApiOptions {
  /** The routes, and the milliseconds after which their integration times out. Default: 10 s. */
  routes: Record<string, { timeout?: number }>;
  /** Makes `$connect` need the header `Authorization`, which the function checks. */
  authorizer?: boolean;
  /** The names of the stages. */
  stages: string[];
  /** Messages per second and the burst, of every stage. */
  throttling?: { rate: number; burst: number };
}

/** An API whose routes all run the function and return its response. */
export interface BenchApi {
  apiId: string;
  url(stage: string): string;
  /** The URL of the API Gateway Management API. */
  management(stage: string): string;
  authorizerId?: string | undefined;
  integrationId: string;
  routeIds: ReadonlyMap<string, string>;
}

/** Creates an API and waits until its stages work. */
export async function createApi(
  bench: Bench,
  suffix: string,
  options: ApiOptions,
): Promise<BenchApi> {
  // Outside the turn: creating the function takes long, and other tasks need not wait for it.
  await bench.fn();
  return await bench.inTurn(() => create(bench, suffix, options));
}

async function create(
  bench: Bench,
  suffix: string,
  { routes, authorizer = false, stages, throttling }: ApiOptions,
): Promise<BenchApi> {
  const { apigateway } = bench;
  const { uri } = await bench.fn();
  const { ApiId = "", ApiEndpoint = "" } = await apigateway.createApi({
    Name: bench.name(suffix),
    ProtocolType: "WEBSOCKET",
    RouteSelectionExpression: "$request.body.action",
  });
  bench.onClose(`API ${ApiId}`, () => apigateway.deleteApi({ ApiId }));
  const integrate = async (timeout = 10_000) => {
    const { IntegrationId = "" } = await apigateway.createIntegration({
      ApiId,
      IntegrationType: "AWS_PROXY",
      IntegrationMethod: "POST",
      IntegrationUri: uri,
      TimeoutInMillis: timeout,
    });
    return IntegrationId;
  };
  const integrationId = await integrate();
  const authorizerId = authorizer ? await createAuthorizer(bench, ApiId, uri) : undefined;
  const routeIds = new Map<string, string>();
  for (const [RouteKey, { timeout }] of Object.entries(routes)) {
    const target = timeout === undefined ? integrationId : await integrate(timeout);
    const { RouteId = "" } = await apigateway.createRoute({
      ApiId,
      RouteKey,
      Target: `integrations/${target}`,
      RouteResponseSelectionExpression: "$default",
      ...(RouteKey === "$connect" &&
        authorizerId !== undefined && {
          AuthorizationType: "CUSTOM" as const,
          AuthorizerId: authorizerId,
        }),
    });
    await apigateway.createRouteResponse({ ApiId, RouteId, RouteResponseKey: "$default" });
    routeIds.set(RouteKey, RouteId);
  }
  const url = (stage: string) => `${ApiEndpoint}/${stage}`;
  const management = (stage: string) => url(stage).replace(/^ws/, "http");
  for (const StageName of stages) {
    await apigateway.createStage({
      ApiId,
      StageName,
      AutoDeploy: true,
      StageVariables: { management: management(StageName) },
      ...(throttling && {
        DefaultRouteSettings: {
          ThrottlingRateLimit: throttling.rate,
          ThrottlingBurstLimit: throttling.burst,
        },
      }),
    });
    // One deployment is allowed in five seconds.
    await bench.wait(6000);
  }
  // A throttled stage would count these connections.
  if (throttling === undefined)
    for (const stage of stages) await untilSteady(bench, url(stage), authorizer);
  else await bench.wait(60_000);
  return { apiId: ApiId, url, management, authorizerId, integrationId, routeIds };
}

async function createAuthorizer(bench: Bench, ApiId: string, uri: string): Promise<string> {
  const { AuthorizerId = "" } = await bench.apigateway.createAuthorizer({
    ApiId,
    Name: "authorizer",
    AuthorizerType: "REQUEST",
    AuthorizerUri: uri,
    IdentitySource: ["route.request.header.Authorization"],
  });
  return AuthorizerId;
}

/** Waits until five connections in a row work. Some gateways have a deployment a minute later. */
async function untilSteady(bench: Bench, url: string, authorizer: boolean): Promise<void> {
  const options = authorizer ? { headers: { authorization: "allow" } } : {};
  let steady = 0;
  for (let attempt = 0; attempt < 90 && steady < 5; attempt += 1) {
    const result = await connect(url, options).catch((error: unknown) => String(error));
    const works = typeof result === "object" && "socket" in result;
    steady = works ? steady + 1 : 0;
    if (works) result.socket.close();
    else await bench.wait(2000);
  }
  if (steady < 5) throw new Error(`${url} does not work.`);
}

/** The context that the function sees for a message of the client. */
export interface SeenContext {
  connectionId: string;
  routeKey: string;
}

/** Connects, and returns the client and the ID of its connection. The API must have `$default`. */
export async function openKnown(
  url: string,
): Promise<{ client: SocketClient; connectionId: string }> {
  const client = await open(url);
  client.send({ hello: "who am I" });
  const { connectionId }: SeenContext = JSON.parse((await client.next()) ?? "{}");
  return { client, connectionId };
}
