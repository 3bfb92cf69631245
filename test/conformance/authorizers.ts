import { expect, onTestFinished } from "vitest";
import type { Behavior, Target } from "./behavior.ts";
import type { GatewayEvent } from "./probe.ts";
import { connectRefused } from "./raw-connection.ts";
import { captured } from "./sources.ts";

const basis = "capture";
const source = captured.authorizers;
const only = "local: the deployed authorizer decides by itself";

/** Code for both functions of `$connect`: the authorizer returns the result, `$connect` admits the client. */
const returning = (result: string) => `
  const policy = (Effect, Resource = event.methodArn) => ({
    Version: "2012-10-17",
    Statement: [{ Action: "execute-api:Invoke", Effect, Resource }],
  });
  const allow = (members) => ({ principalId: "ada", policyDocument: policy("Allow"), ...members });
  if (event.type !== "REQUEST") return { statusCode: 200 };
  ${result}`;

const queryOf = (result: string) => `?run=${encodeURIComponent(returning(result))}`;

const refusalOf = async ({ probe }: Target, result: string) => {
  const { status, body } = await connectRefused(probe.url("guarded") + queryOf(result));
  return { status, message: JSON.parse(body).message, members: Object.keys(JSON.parse(body)) };
};

/** Connects, sends a message and disconnects. Returns the event of each, and that of the authorizer. */
async function eventsOf({ probe }: Target, result: string, query = "") {
  const client = await probe.connectTo("guarded", queryOf(result) + query);
  const connectionOf = ({ requestContext }: GatewayEvent) => requestContext["connectionId"];
  const marked = await probe.event(
    (event) => event.queryStringParameters?.["run"] === returning(result),
  );
  const next = (eventType: string) =>
    probe.event(
      (event) =>
        event.requestContext["eventType"] === eventType &&
        !("type" in event) &&
        connectionOf(event) === connectionOf(marked),
    );
  client.socket.send("hello");
  const message = await next("MESSAGE");
  client.socket.close(1000, "done");
  return {
    authorizer: await probe.event(
      (event) => "type" in event && connectionOf(event) === connectionOf(marked),
    ),
    connect: await next("CONNECT"),
    message,
    disconnect: await next("DISCONNECT"),
  };
}

const authorizerOf = ({ requestContext }: GatewayEvent) => requestContext["authorizer"];

const admits = (what: string, result: string, context: Record<string, string>): Behavior => ({
  behavior: `an authorizer's result with ${what} admits the client`,
  basis,
  source,
  only,
  check: async (target) => {
    const { message } = await eventsOf(target, result);
    expect(authorizerOf(message)).toEqual(context);
  },
});

const refuses = (what: string, result: string, status: number, message: string): Behavior => ({
  behavior: `${what} refuses the client with ${status} ${JSON.stringify(message)}`,
  basis,
  source,
  only,
  check: async (target) => {
    const members = ["message", "connectionId", "requestId"];
    expect(await refusalOf(target, result)).toEqual({ status, message, members });
  },
});

const NOT_ALLOWED =
  "User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action";
const DENIED =
  "User is not authorized to access this resource with an explicit deny in an identity-based policy";

const isNoSource = (identitySource: string): Behavior => ({
  behavior: `${identitySource} as an identity source refuses every client with 401`,
  basis,
  source,
  only,
  check: async (target) => {
    const { apis } = target.probe.aws.state.regions["us-east-1"]?.apigateway ?? {};
    const { deployments = {} } = apis?.["websocket2"] ?? {};
    const [deployment] = Object.values(deployments);
    const guard = deployment?.api.authorizers["guard"];
    if (guard === undefined) throw new Error("The probe has no authorizer.");
    onTestFinished(() => void (guard.identitySource = []));
    guard.identitySource = [identitySource];
    expect(await refusalOf(target, "return allow()")).toMatchObject({
      status: 401,
      message: "Unauthorized",
    });
  },
});

const isRefusedByLoadBalancer = (first: string, second: string): Behavior => ({
  behavior: `the load balancer refuses two headers Authorization, ${JSON.stringify(first)} and ${JSON.stringify(second)}, with 400`,
  basis,
  source,
  check: async ({ stack }) => {
    const headers = { Authorization: [first, second] };
    const refused = await connectRefused(stack.url, { headers });
    expect(refused.status).toBe(400);
    expect(refused.headers).toMatchObject({
      server: "awselb/2.0",
      "content-type": "text/html",
      "content-length": "122",
      connection: "close",
    });
    expect(refused.body).toContain("<title>400 Bad Request</title>");
  },
});

/** A Lambda authorizer of `$connect`: its results, its event, and the context of later events. */
export const authorizers: Behavior[] = [
  admits("a context of scalars", `return allow({ context: { n: 7, t: true, e: "" } })`, {
    n: "7",
    t: "true",
    e: "",
    principalId: "ada",
  }),
  admits("a null in its context", `return allow({ context: { s: "v", none: null } })`, {
    s: "v",
    principalId: "ada",
  }),
  admits("no principalId", `return { policyDocument: policy("Allow") }`, {}),
  admits("a principalId that is null", `return allow({ principalId: null })`, {}),
  admits("an empty principalId", `return allow({ principalId: "" })`, { principalId: "" }),
  admits("a number as principalId", `return allow({ principalId: 7 })`, { principalId: "7" }),
  refuses("a policy that denies", `return allow({ policyDocument: policy("Deny") })`, 403, DENIED),
  refuses(
    "a policy for another resource",
    `return allow({ policyDocument: policy("Allow", event.methodArn + "elsewhere") })`,
    403,
    NOT_ALLOWED,
  ),
  refuses("the error Unauthorized", `throw new Error("Unauthorized")`, 401, "Unauthorized"),
  refuses("a result that is a string", `return "allow"`, 500, ""),
  refuses("a policy that is a string", `return allow({ policyDocument: "text" })`, 500, ""),
  refuses("an unknown effect", `return allow({ policyDocument: policy("Maybe") })`, 500, ""),
  refuses("a principalId that is an object", `return allow({ principalId: { a: 1 } })`, 500, ""),
  refuses("an object in the context", `return allow({ context: { x: { y: 1 } } })`, 500, ""),
  refuses("an array in the context", `return allow({ context: { x: [1] } })`, 500, ""),
  refuses("a context that is a string", `return allow({ context: "text" })`, 500, ""),
  refuses("a simple response", `return { isAuthorized: true }`, 500, ""),
  {
    behavior: "only the event of $connect has the latency of the authorizer",
    basis,
    source,
    only,
    check: async (target) => {
      const { connect, message, disconnect } = await eventsOf(target, "return allow() // latency");
      expect(authorizerOf(connect)).toEqual({
        principalId: "ada",
        integrationLatency: expect.any(Number),
      });
      expect(authorizerOf(message)).toEqual({ principalId: "ada" });
      expect(authorizerOf(disconnect)).toEqual({ principalId: "ada" });
    },
  },
  {
    behavior: "in a context, the authorizer follows the route key and the status of a disconnect",
    basis,
    source,
    only,
    check: async (target) => {
      const { connect, message, disconnect } = await eventsOf(target, "return allow() // order");
      const firstOf = ({ requestContext }: GatewayEvent, count: number) =>
        Object.keys(requestContext).slice(0, count).join(" ");
      expect(firstOf(connect, 3)).toBe("routeKey authorizer eventType");
      expect(firstOf(message, 4)).toBe("routeKey authorizer messageId eventType");
      expect(firstOf(disconnect, 4)).toBe("routeKey disconnectStatusCode authorizer eventType");
    },
  },
  {
    behavior:
      "an authorizer gets the query parameters in the order sent, and $connect sorted by name",
    basis,
    source,
    only,
    check: async (target) => {
      const result = "return allow() // query";
      const { authorizer, connect } = await eventsOf(
        target,
        result,
        "&tenant=t&encoded=a%2Bb&r=1&r=2",
      );
      const parameters = { tenant: ["t"], encoded: ["a+b"], r: ["1", "2"] };
      expect(authorizer.multiValueQueryStringParameters).toMatchObject(parameters);
      expect(Object.keys(authorizer.queryStringParameters ?? {}).join(" ")).toBe(
        "run tenant encoded r",
      );
      expect(Object.keys(connect.queryStringParameters ?? {}).join(" ")).toBe(
        "encoded r run tenant",
      );
    },
  },
  {
    behavior: "an authorizer that API Gateway may not invoke refuses every client with 500",
    basis,
    source,
    only,
    check: async (target) => {
      const guard = target.probe.lambda("websocket-handler");
      const { policy } = guard;
      onTestFinished(() => void (guard.policy = policy));
      guard.policy = {};
      expect(await refusalOf(target, "return allow()")).toMatchObject({
        status: 500,
        message: "Internal server error",
      });
    },
  },
  isNoSource("context.eventType"),
  isNoSource("context.messageDirection"),
  isRefusedByLoadBalancer("one", "two"),
  isRefusedByLoadBalancer("", "two"),
  isRefusedByLoadBalancer("one", ""),
];
