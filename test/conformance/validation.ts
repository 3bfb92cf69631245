import { expect } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { modelled } from "./sources.ts";

/** Requests that break a constraint of the model, in every service. Each row names its service. */
export const validation: Behaviour[] = [
  {
    behaviour: "a body that is no JSON is a SerializationException",
    basis: "model",
    source: modelled.logs,
    service: "CloudWatch Logs",
    check: async ({ account }) => {
      const { status, body } = await account.request("logs", {
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": "Logs_20140328.DescribeLogGroups",
        },
        body: "{",
      });
      expect(status).toBe(400);
      expect(JSON.parse(body)).toMatchObject({ __type: "SerializationException" });
    },
  },
];
