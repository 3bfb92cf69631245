import * as v from "valibot";
import { expect, test } from "vitest";
import { AwsError } from "./aws-error.ts";
import { defineOperation, type Middleware, textParameter } from "./operation.ts";
import { createService } from "./pipeline.ts";
import { awsRequest } from "./testing.ts";

const denied = new AwsError(403, "AccessDeniedException", "Denied.");
const broken = new AwsError(500, "ServiceException", "Broken.");

/** Creates a service with the operation `GetThing` at the path `/thing`. It records each step. */
function createThings(options: { input?: unknown; authorize?(): void; handle?(): unknown } = {}) {
  const { input = { name: "a" }, authorize = () => {}, handle = () => "output" } = options;
  const steps: string[] = [];
  const service = createService({
    prefix: "things",
    authorize(_caller, action, resource) {
      steps.push(`authorize ${action} ${resource}`);
      authorize();
    },
    route({ path }) {
      steps.push("route");
      if (path !== "/thing")
        throw new AwsError(501, "NotImplemented", "There is no such operation.");
      const operation = defineOperation({
        input: v.strictObject({ name: v.string() }),
        resource: ({ name }) => `arn:${name}`,
        handle() {
          steps.push("handle");
          return handle();
        },
      });
      const response = (output: unknown) => ({ status: 200, body: String(output) });
      return { name: "GetThing", operation, input, response };
    },
    errorResponse: ({ status, code }) => ({ status, body: code }),
  });
  return { steps, service };
}

const request = awsRequest({ path: "/thing" });

const passing = (steps: string[], name: string): Middleware =>
  async function pass(call, next) {
    steps.push(`${name} before ${call.action} of ${textParameter(call, "name")}`);
    const response = await next();
    steps.push(`${name} after ${response.status}`);
    return response;
  };

test("a request is routed, passes the middleware, is authorized and then handled", async () => {
  const { steps, service } = createThings();
  const middleware = [passing(steps, "outer"), passing(steps, "inner")];
  expect(await service(request, middleware)).toEqual({ status: 200, body: "output" });
  expect(steps).toEqual([
    "route",
    "outer before things:GetThing of a",
    "inner before things:GetThing of a",
    "authorize things:GetThing arn:a",
    "handle",
    "inner after 200",
    "outer after 200",
  ]);
});

test.for<[string, Parameters<typeof createThings>[0], number, string]>([
  ["an input of the wrong type", { input: { name: 1 } }, 400, "SerializationException"],
  ["an input without a required parameter", { input: {} }, 400, "ValidationException"],
  ["an input with an unknown parameter", { input: { name: "a", b: 1 } }, 501, "NotImplemented"],
  ["an unknown parameter instead of a required one", { input: { b: 1 } }, 501, "NotImplemented"],
  ["a caller without the permission", { authorize: () => reject(denied) }, 403, denied.code],
  ["an operation that fails", { handle: () => reject(broken) }, 500, broken.code],
])("middleware gets the response to %s", async ([, options, status, code]) => {
  const { steps, service } = createThings(options);
  expect(await service(request, [passing(steps, "outer")])).toEqual({ status, body: code });
  expect(steps).toContain(`outer after ${status}`);
});

test("an error of middleware becomes a response for the middleware around it", async () => {
  const { steps, service } = createThings();
  const response = await service(request, [passing(steps, "outer"), () => reject(broken)]);
  expect(response).toEqual({ status: 500, body: "ServiceException" });
  expect(steps).toEqual(["route", "outer before things:GetThing of a", "outer after 500"]);
});

test("a request without an operation does not pass middleware", async () => {
  const { steps, service } = createThings();
  const response = await service(awsRequest({ path: "/other" }), [passing(steps, "outer")]);
  expect(response).toEqual({ status: 501, body: "NotImplemented" });
  expect(steps).toEqual(["route"]);
});

test("an internal error is thrown", async () => {
  const { steps, service } = createThings({ handle: () => reject(new TypeError("a bug")) });
  await expect(service(request, [passing(steps, "outer")])).rejects.toThrow("a bug");
});

function reject(error: Error): never {
  throw error;
}
