import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import type { Caller, Iam } from "../iam/index.ts";
import type { AwsRequest, Service } from "./operation.ts";
import { createAwsServer } from "../server/server.ts";

const administrator: Caller = { type: "administrator", arn: "arn:aws:iam::000000000000:root" };

const unused = () => {
  throw new Error("A test of one service needs no credentials.");
};

/** IAM that allows everything, for tests of one service alone. */
export const permissiveIam: Iam = {
  service: unused,
  issueCredentials: unused,
  authenticate: unused,
  sessionOf: unused,
  allows: () => true,
  authorize: () => undefined,
};

/** A signed request of an administrator, as a service gets it. */
export const awsRequest = (request: Partial<AwsRequest>): AwsRequest => ({
  method: "POST",
  path: "/",
  query: new URLSearchParams(),
  headers: {},
  body: Buffer.alloc(0),
  region: "us-east-1",
  caller: administrator,
  requestId: "00000000-0000-4000-8000-000000000000",
  ...request,
});

/** Calls an operation of a JSON protocol. An error answer is returned, not thrown. */
export async function callJson(
  service: Service,
  target: string,
  input: unknown,
  request: Partial<AwsRequest> = {},
) {
  const headers = { "x-amz-target": target };
  const body = Buffer.from(JSON.stringify(input));
  const answer = await service(awsRequest({ headers, body, ...request }));
  const output: unknown = JSON.parse(String(answer.body ?? "{}"));
  return { status: answer.status, headers: answer.headers ?? {}, output };
}

/** One service behind the real server, which believes every signature. */
export async function serve(service: Service) {
  const authenticate = () =>
    Promise.resolve({ caller: administrator, service: "served", region: "us-east-1" });
  const server = createAwsServer({ iam: { authenticate }, services: { served: service } });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await promisify(server.close.bind(server))();
    },
  };
}

/** The version of the aws CLI on this machine: undefined where there is none. */
export const awsCliVersion: string | undefined = /aws-cli\/(\S+)/.exec(
  spawnSync("aws", ["--version"], { encoding: "utf8" }).stdout ?? "",
)?.[1];

/** Runs the aws CLI against an endpoint and gives what it prints. */
export async function aws(endpoint: string, ...args: string[]): Promise<string> {
  const environment = {
    ...process.env,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
  };
  // Version 1 of the CLI takes no notice of AWS_ENDPOINT_URL for SQS.
  const command = ["--endpoint-url", endpoint, ...args];
  const { stdout } = await promisify(execFile)("aws", command, { env: environment });
  return stdout;
}
