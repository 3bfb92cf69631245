import { expect, test, vi } from "vitest";
import type { AwsRequest, AwsResponse } from "../protocols/operation.ts";
import { awsRequest } from "../protocols/testing.ts";
import { sessionOf } from "../iam/sessions.ts";
import { createFaults, type FaultRates } from "./faults.ts";
import { withConnectionFaults, withInvokeFaults } from "./faulty-services.ts";

const caller = sessionOf("arn:aws:iam::000000000000:role/processor", "processor");

const byFunction = (request: Partial<AwsRequest>) => awsRequest({ ...request, caller });

const healthy = (): Promise<AwsResponse> => Promise.resolve({ status: 200 });

test("a throttled Invoke has all that Lambda's model has for it", async () => {
  const service = withInvokeFaults(healthy, createFaults({ "throttle-invoke": 1 }));
  const { status, headers, body } = await service(byFunction({}));
  expect(status).toBe(429);
  expect(headers).toMatchObject({
    "X-Amzn-ErrorType": "TooManyRequestsException",
    "Retry-After": "1",
  });
  expect(JSON.parse(String(body))).toEqual({
    Reason: "CallerRateLimitExceeded",
    Type: "User",
    message: "Rate exceeded",
  });
});

test("a failed Invoke is Lambda's error", async () => {
  const service = withInvokeFaults(healthy, createFaults({ "fail-invoke": 1 }));
  const { status, headers, body } = await service(byFunction({}));
  expect(status).toBe(500);
  expect(headers).toMatchObject({ "X-Amzn-ErrorType": "ServiceException" });
  expect(JSON.parse(String(body))).toEqual({ Type: "Service", Message: "Service error." });
});

test.for<[string, string, string]>([
  ["a connection id", "/_aws/execute-api/websocket0/test/@connections/a%3D", "a="],
  ["a broken escape", "/_aws/execute-api/websocket0/test/@connections/%zz", "%zz"],
])("@connections takes %s, while connections vanish", async ([, path, connectionId]) => {
  const vanish = vi.fn<(connectionId: string) => void>();
  const rates: FaultRates = { "vanish-before-post": 1 };
  const service = withConnectionFaults(healthy, createFaults(rates), vanish);
  expect(await service(byFunction({ path }))).toEqual({ status: 200 });
  expect(vanish.mock.calls).toEqual([[connectionId]]);
});
