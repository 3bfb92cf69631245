/** @module-tag extended */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { terraformRoot, variablesOf } from "../../scripts/terraform.ts";
import {
  type Attempt,
  apigateway,
  cloudwatch,
  iam,
  lambda,
  logGroupOf,
  logs,
  sqs,
} from "../security/aws-requests.ts";
import { APPLY_TIMEOUT, useAppliedStack } from "./applied-stack.ts";
import { because, reasonToSkip } from "./available.ts";

const skipped = await reasonToSkip();

const ACCESS_LOG_GROUP = "/aws/apigateway/websocket-lambda";
const QUEUE = "websocket-lambda-dead-letters";
const ADMINISTRATOR = { accessKeyId: "test", secretAccessKey: "test" };

const deleteEventInvokeConfig = (functionName: string) =>
  lambda(
    "DeleteFunctionEventInvokeConfig",
    "DELETE",
    functionName,
    "/event-invoke-config",
    {},
    "2019-09-25",
  );
const deletePermission = (functionName: string, id: string) =>
  lambda("RemovePermission", "DELETE", functionName, `/policy/${id}`);
const deletePolicy = (functionName: string) =>
  iam("DeleteRolePolicy", functionName, { PolicyName: "permissions" });

describe.skipIf(skipped)(`a stack with jwt_issuer${because(skipped)}`, () => {
  const stack = useAppliedStack((endpoint) => variablesOf("authenticated", endpoint));
  const variables = () => variablesOf("authenticated", stack.local.endpoint);

  /** Deletes resources with direct requests, as the AWS CLI does. */
  const remove = async (...attempts: Attempt[]) => {
    for (const { action, send } of attempts) {
      const { status, body } = await send(stack.local.endpoint, ADMINISTRATOR);
      expect(status, `${action}: ${body}`).toBeLessThan(300);
    }
  };
  const api = (path = "") => {
    const [id] = Object.keys(stack.local.state.regions["us-east-1"]?.apigateway.apis ?? {});
    return apigateway("DELETE", `/apis/${String(id)}${path}`);
  };
  const routePath = (routeKey: string) => {
    const [found] = Object.values(stack.local.state.regions["us-east-1"]?.apigateway.apis ?? {});
    const route = Object.values(found?.routes ?? {}).find((one) => one.routeKey === routeKey);
    return `/routes/${String(route?.routeId)}`;
  };
  /** Applies once. Returns the next plan. */
  const repair = async () => {
    await stack.application.apply(...variables());
    return stack.application.plan(...variables());
  };
  /** Returns the same root module and account with another state, as on a second machine. */
  const second = (name: string) =>
    terraformRoot({
      directory: join(import.meta.dirname, "..", "..", "terraform"),
      workDirectory: join(stack.workDirectory, name),
      endpoint: stack.local.endpoint,
    });
  const jobs = () => Object.keys(stack.local.state.regions["us-east-1"]?.sqs.queues ?? {});

  describe("does not change", { timeout: APPLY_TIMEOUT }, () => {
    test("when another state applies the same project while its access log is missing", async () => {
      await remove(logs("DeleteLogGroup", ACCESS_LOG_GROUP));
      const other = second("third");
      await other.init();
      await expect(other.apply()).rejects.toThrow(/EntityAlreadyExists/);
      const owned = await other.resources();
      expect(owned.filter((address) => address.startsWith("aws_"))).toEqual([
        "aws_cloudwatch_log_group.access",
      ]);
      await other.destroy();
      expect(jobs()).toEqual([QUEUE]);
    });
  });

  describe("is repaired by one apply", { timeout: APPLY_TIMEOUT }, () => {
    test("after some resources were deleted manually", async () => {
      await remove(
        deletePermission("websocket-handler", "api-gateway-connect"),
        deletePermission("authorizer", "api-gateway-authorizer"),
        deleteEventInvokeConfig("processor"),
        deleteEventInvokeConfig("websocket-handler"),
        deletePolicy("processor"),
        logs("DeleteLogGroup", logGroupOf("processor")),
        api("/stages/production"),
        api(routePath("$disconnect")),
        cloudwatch("DeleteAlarms", "", { AlarmNames: ["websocket-lambda-dead-letters"] }),
        cloudwatch("DeleteDashboards", "", { DashboardNames: ["websocket-lambda-us-east-1"] }),
      );
      expect(await repair()).toContain("No changes.");
    });

    test("after functions, roles, the API and the queue were deleted manually", async () => {
      await remove(
        lambda("DeleteFunction", "DELETE", "websocket-handler"),
        deletePolicy("processor"),
        iam("DeleteRole", "processor"),
        api(),
        sqs("DeleteQueue", QUEUE),
      );
      expect(await repair()).toContain("No changes.");
    });

    test("after an apply that created a function, but could not reserve its concurrency", async () => {
      await remove(lambda("DeleteFunction", "DELETE", "authorizer"));
      const excess = "-var=authorizer_reserved_concurrency=950";
      await expect(stack.application.apply(...variables(), excess)).rejects.toThrow(
        /UnreservedConcurrentExecution below its minimum value/,
      );
      expect(await repair()).toContain("No changes.");
    });
  });

  test("is updated in place when code changes", { timeout: APPLY_TIMEOUT }, async () => {
    const planned = await stack.application.plan(
      ...variables(),
      `-var=bundle_directory=${join(import.meta.dirname, "..", "..", "terraform", "tests", "bundles")}`,
      "-refresh=false",
    );
    expect(planned).toContain("Plan: 0 to add, 3 to change, 0 to destroy.");
  });

  test(
    "creates its role for logs again after it was deleted manually",
    { timeout: APPLY_TIMEOUT },
    async () => {
      const RoleName = "api-gateway-cloudwatch-us-east-1";
      await remove(
        iam("DeleteRolePolicy", undefined, { RoleName, PolicyName: "push-logs" }),
        iam("DeleteRole", undefined, { RoleName }),
      );
      await stack.account.apply();
      expect(await stack.account.plan()).toContain("No changes.");
    },
  );
});
