import { once } from "node:events";
import { WebSocket } from "ws";
import { type Account, uniqueName } from "./account.ts";

/** A WebSocket API of an account, and clients of its stage `dev`. */
export type TestApi = Awaited<ReturnType<typeof createApi>>;

/** A function that returns the key of the route and the message. */
const REPLIES = `exports.handler = async ({ requestContext, body }) => ({
  statusCode: 200,
  body: requestContext.routeKey + " " + body,
});`;

/** Creates an API and a function for its integrations, which nothing may invoke. */
export async function createApi(account: Account) {
  const { apigateway, createFunction, region } = account;
  const { FunctionArn = "", FunctionName } = await createFunction({ source: REPLIES });
  const { ApiId } = await apigateway.createApi({
    Name: uniqueName(),
    ProtocolType: "WEBSOCKET",
    RouteSelectionExpression: "$request.body.action",
  });
  const stage = { ApiId, StageName: "dev" };
  const url = async () => {
    const { endpoint } = await account.localAws();
    return `${endpoint.replace("http:", "ws:")}/_aws/execute-api/${ApiId}/dev`;
  };
  return {
    ApiId,
    functionArn: FunctionArn,
    /** What CreateIntegration needs. */
    integration: {
      ApiId,
      IntegrationType: "AWS_PROXY",
      IntegrationUri: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`,
    } as const,
    /** Creates a route. One other than `$connect` replies. */
    async addRoute(RouteKey: string, IntegrationId: string | undefined): Promise<void> {
      const replies = RouteKey !== "$connect";
      const { RouteId } = await apigateway.createRoute({
        ApiId,
        RouteKey,
        Target: `integrations/${IntegrationId}`,
        ...(replies && { RouteResponseSelectionExpression: "$default" }),
      });
      if (replies)
        await apigateway.createRouteResponse({ ApiId, RouteId, RouteResponseKey: "$default" });
    },
    /** Lets API Gateway invoke the function for this API. */
    async permit(): Promise<void> {
      await account.lambda.addPermission({
        FunctionName,
        StatementId: "api",
        Action: "lambda:InvokeFunction",
        Principal: "apigateway.amazonaws.com",
        SourceArn: `arn:aws:execute-api:${region}:${account.id}:${ApiId}/*`,
      });
    },
    /** Deploys the API as it is now to its stage. */
    async deploy(): Promise<void> {
      const { DeploymentId } = await apigateway.createDeployment({ ApiId });
      const { Items = [] } = await apigateway.getStages({ ApiId });
      if (Items.length === 0) await apigateway.createStage({ ...stage, DeploymentId });
      else await apigateway.updateStage({ ...stage, DeploymentId });
    },
    /** The status of a handshake. */
    status: async () => await statusOf(await url()),
    connect: async () => await connect(await url()),
  };
}

/** Returns the status of a handshake. */
export async function statusOf(url: string): Promise<number> {
  const socket = new WebSocket(url);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  socket.on("upgrade", ({ statusCode }) => resolve(statusCode ?? 0));
  socket.on("unexpected-response", (_, { statusCode }) => resolve(statusCode ?? 0));
  // An error after the status is known changes nothing.
  socket.on("error", reject);
  try {
    return await promise;
  } finally {
    socket.terminate();
  }
}

async function connect(url: string) {
  const socket = new WebSocket(url);
  await once(socket, "open");
  return {
    /** Sends a message and returns the next frame. */
    async ask(message: object): Promise<string> {
      const reply = once(socket, "message") as Promise<[Buffer]>;
      socket.send(JSON.stringify(message));
      const [frame] = await reply;
      return frame.toString();
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
}
