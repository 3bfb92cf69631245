import { expect, test, vi } from "vitest";
import { sessionOf } from "../iam/sessions.ts";
import { AwsError } from "../protocols/aws-error.ts";
import type { AwsResponse, OperationCall } from "../protocols/operation.ts";
import { administrator, awsRequest, echoOperation } from "../protocols/testing.ts";
import { createFaults, type FaultName } from "./faults.ts";
import { faultyOperations } from "./faulty-operations.ts";

const role = sessionOf("arn:aws:iam::000000000000:role/processor", "processor");

const callOf = (service: string, name: string, input: unknown = {}): OperationCall => ({
  service,
  name,
  action: `${service}:${name}`,
  operation: echoOperation,
  input,
  context: awsRequest({ caller: role }),
});

const invoke = callOf("lambda", "Invoke");
const post = callOf("execute-api", "PostToConnection", { connectionId: "a=" });

const healthy = (): Promise<AwsResponse> => Promise.resolve({ status: 200 });

function run(fault: FaultName, call: OperationCall) {
  const drop = vi.fn<(connectionId: string) => void>();
  const response = faultyOperations(createFaults({ [fault]: 1 }), drop)(call, healthy);
  return { response, drop };
}

test("a throttled Invoke has all members of the error in Lambda's model", async () => {
  const { response } = run("throttle-invoke", invoke);
  await expect(response).rejects.toMatchObject({
    status: 429,
    code: "TooManyRequestsException",
    message: "Rate exceeded",
    members: { Reason: "CallerRateLimitExceeded" },
    headers: { "Retry-After": "1" },
  });
});

test.for<[FaultName, OperationCall, number, string]>([
  ["fail-invoke", invoke, 500, "ServiceException"],
  ["throttle-connections", post, 429, "LimitExceededException"],
  ["fail-connections", post, 500, "InternalServerErrorException"],
  ["vanish-during-post", post, 410, "GoneException"],
])("%s fails with the error of the service", async ([fault, call, status, code]) => {
  const error: unknown = await run(fault, call).response.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AwsError);
  expect(error).toMatchObject({ status, code });
});

test.for<FaultName>(["vanish-before-post", "vanish-during-post", "vanish-after-post"])(
  "%s drops the connection of the call",
  async (fault) => {
    const { response, drop } = run(fault, post);
    await response.catch(() => {});
    await expect.poll(() => drop.mock.calls).toEqual([["a="]]);
  },
);

test.for<[string, FaultName, OperationCall]>([
  [
    "the administrator",
    "fail-invoke",
    { ...invoke, context: awsRequest({ caller: administrator }) },
  ],
  ["a function that calls another operation", "fail-invoke", callOf("lambda", "GetFunction")],
])("no fault affects %s", async ([, fault, call]) => {
  expect(await run(fault, call).response).toEqual({ status: 200 });
});
