import { expect } from "vitest";
import type { Behavior } from "./behavior.ts";
import { type Account, refusalOf } from "./account.ts";
import { modelled, reported, snapshots } from "./sources.ts";

/** Requests that break a constraint of the model, in every service. Each row names its service. */
export const validation: Behavior[] = [
  {
    behavior: "a body that is not JSON is a SerializationException",
    basis: "model",
    source: modelled.logs,
    service: "CloudWatch Logs",
    check: async ({ account }) => {
      const { status, body } = await describeLogGroups(account, "{");
      expect(status).toBe(400);
      expect(JSON.parse(body)).toMatchObject({ __type: "SerializationException" });
    },
  },
  {
    behavior: "a string instead of a number is a SerializationException that names both types",
    basis: "report",
    source: reported.wrongTypes,
    service: "CloudWatch Logs",
    check: async ({ account }) => {
      const { status, body } = await describeLogGroups(account, { limit: "1" });
      expect(status).toBe(400);
      expect(JSON.parse(body)).toEqual({
        __type: "SerializationException",
        message: "class java.lang.String can not be converted to an Integer",
      });
    },
  },
  {
    behavior: "a value outside a pattern is a ValidationError that does not repeat the value",
    basis: "snapshot",
    source: snapshots.iam,
    check: async ({ account }) => {
      const refusal = await refusalOf(account.iam.getRole({ RoleName: "a b" }));
      expect(refusal).toMatchObject({
        name: "ValidationError",
        message:
          "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+",
      });
    },
  },
  {
    behavior: "tag keys that are missing in UntagResource of a function must not be null",
    basis: "snapshot",
    source: snapshots.lambdaApi,
    service: "Lambda",
    check: async ({ account }) => {
      const { FunctionArn: Resource = "" } = await account.createFunction();
      const refusal = await refusalOf(account.lambda.untagResource({ Resource, TagKeys: [] }));
      expect(refusal).toMatchObject({
        name: "ValidationException",
        message:
          "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null",
      });
    },
  },
];

/** Sends a body that an SDK client would not send. */
const describeLogGroups = (account: Account, body: object | string) =>
  account.request("logs", {
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "Logs_20140328.DescribeLogGroups",
    },
    body,
  });
