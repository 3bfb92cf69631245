import { expect, test } from "vitest";
import { reportCalls } from "./call-reports.ts";
import type { LocalAwsEvent } from "./hooks.ts";
import { awsRequest, echoOperation } from "./protocols/testing.ts";

const HEADER = "Root=1-a;Parent=b;Sampled=0";

async function reportsOf(service: string, name: string, input: object, traceHeader = HEADER) {
  const reports: [string | undefined, LocalAwsEvent][] = [];
  const middleware = reportCalls({ emit: (...report) => void reports.push(report) });
  const headers = traceHeader === "" ? {} : { "x-amzn-trace-id": traceHeader };
  const action = `${service}:${name}`;
  const context = awsRequest({ headers });
  const call = { service, name, action, operation: echoOperation, input, context };
  expect(await middleware(call, () => Promise.resolve({ status: 429 }))).toEqual({ status: 429 });
  return reports;
}

test.for([
  "processor",
  "processor:$LATEST",
  "000000000000:function:processor",
  "arn:aws:lambda:us-east-1:000000000000:function:processor:$LATEST",
])(
  "an Invoke of %s is reported with the name of the function and the status",
  async (FunctionName) => {
    expect(await reportsOf("lambda", "Invoke", { FunctionName })).toEqual([
      [HEADER, { type: "invoke-start", functionName: "processor" }],
      [HEADER, { type: "invoke-end", functionName: "processor", status: 429 }],
    ]);
  },
);

test("a post is reported with its status", async () => {
  expect(await reportsOf("execute-api", "PostToConnection", {})).toEqual([
    [HEADER, { type: "post-start" }],
    [HEADER, { type: "post-end", status: 429 }],
  ]);
});

test("other calls are not reported, and neither is a call without a trace header", async () => {
  expect(await reportsOf("execute-api", "GetConnection", {})).toEqual([]);
  expect(await reportsOf("lambda", "GetFunction", { FunctionName: "a" })).toEqual([]);
  expect(await reportsOf("lambda", "Invoke", { FunctionName: "a" }, "")).toEqual([]);
});
