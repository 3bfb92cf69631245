import * as v from "valibot";
import type { Caller } from "./caller.ts";
import { type AwsRequest, defineOperation, type Service } from "./operation.ts";

export const administrator: Caller = {
  type: "administrator",
  arn: "arn:aws:iam::000000000000:root",
};

/** An operation that takes any input and returns it. */
export const echoOperation = defineOperation({ input: v.unknown(), handle: (input) => input });

/** A signed request of an administrator, as a service gets it. */
export const awsRequest = (request: Partial<AwsRequest>): AwsRequest => ({
  method: "POST",
  path: "/",
  query: new URLSearchParams(),
  headers: {},
  body: Buffer.alloc(0),
  region: "us-east-1",
  caller: administrator,
  sourceIp: "127.0.0.1",
  requestId: "00000000-0000-4000-8000-000000000000",
  ...request,
});

/** Calls an operation of a JSON protocol. An error response is returned, not thrown. */
export async function callJson(
  service: Service,
  target: string,
  input: unknown,
  request: Partial<AwsRequest> = {},
) {
  const headers = { "x-amz-target": target };
  const body = Buffer.from(JSON.stringify(input));
  const response = await service(awsRequest({ headers, body, ...request }));
  const output: unknown = JSON.parse(String(response.body ?? "{}"));
  return { status: response.status, headers: response.headers ?? {}, output };
}
