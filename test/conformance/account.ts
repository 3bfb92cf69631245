import type { IAM } from "@aws-sdk/client-iam";
import {
  type CreateFunctionCommandInput,
  type FunctionConfiguration,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { LOCAL_ACCOUNT_ID, type LocalAwsOptions } from "@websocket-lambda/local-aws";
import { createTestLocalAws, type TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { strToU8, zipSync } from "fflate";
import { type Clients, createClients } from "./clients.ts";
import { allowing, lambdaTrust } from "./policies.ts";
import { type RawResponse, request } from "./signed-request.ts";

const REGION = "us-east-1";
const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

/**
 * SDK clients of an account on a local AWS, which is empty at its start. The rows of a run share it,
 * so they use names of {@link uniqueName}.
 *
 * The clients never retry.
 */
export interface Account extends Clients {
  readonly id: string;
  readonly region: string;
  /** Creates a function as {@link createFunction}, and does not wait until it is active. */
  beginFunction(options?: FunctionOptions): Promise<FunctionConfiguration>;
  /** Creates a function that is active. Default: its code returns the event, its role allows all. */
  createFunction(
    options?: FunctionOptions,
  ): Promise<FunctionConfiguration & { FunctionName: string }>;
  /**
   * Sends a signed request that an SDK client would not send. The method is POST and the path `/` by
   * default; a body that is an object is sent as JSON.
   */
  request(service: SigningName, request?: RawRequest): Promise<RawResponse>;
  /** The local AWS itself, for its URLs. */
  localAws(): Promise<TestLocalAws>;
}

export type FunctionOptions = Partial<CreateFunctionCommandInput> & {
  /** The JavaScript of `index.js`. */
  source?: string;
};

/** The names of services in signatures. */
export type SigningName =
  | "apigateway"
  | "dynamodb"
  | "execute-api"
  | "iam"
  | "lambda"
  | "logs"
  | "monitoring"
  | "sqs"
  | "sts";

export interface RawRequest {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: object | string;
}

/** The error of a request, as the SDK client reads it. */
export interface Refusal {
  /** The name of the exception's class. */
  name: string;
  message: string;
  status: number | undefined;
}

/** Returns the error that a request fails with. @throws {Error} if the request succeeds. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const refused = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (refused === undefined) throw new Error("The request succeeded. It was expected to fail.");
  if (!(refused instanceof Error)) throw new Error("Not an error", { cause: refused });
  // An error of the client itself is not a refusal, such as for a value that it does not serialize.
  if (!("$metadata" in refused)) throw refused;
  const { httpStatusCode } = refused.$metadata as { httpStatusCode?: number };
  return { name: refused.name, message: refused.message, status: httpStatusCode };
}

let count = 0;

/** Returns a name that no other row uses. */
export const uniqueName = (prefix = "conformance"): string => `${prefix}-${(count += 1)}`;

/** Creates the clients. The local AWS starts with the first request of one of them. */
export function createAccount(
  localOptions: LocalAwsOptions = {},
): Account & { close(): Promise<void> } {
  let started: Promise<TestLocalAws> | undefined;
  const localAws = () => (started ??= start(localOptions));
  const endpoint = async () => ({ url: new URL((await localAws()).endpoint) });
  // Without kept connections: some rows block this process for seconds, and the server then closes a kept
  // connection while a client sends a request on it.
  const requestHandler = { httpAgent: { keepAlive: false } };
  const settings = { region: REGION, credentials: CREDENTIALS, maxAttempts: 1 };
  const options = { ...settings, endpoint, requestHandler };
  const clients = createClients(options);
  const { iam, lambda } = clients;
  let role: Promise<string> | undefined;

  const beginFunction: Account["beginFunction"] = async ({ source = ECHO, ...input } = {}) =>
    await lambda.createFunction({
      FunctionName: uniqueName("function"),
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { ZipFile: zipSync({ "index.js": strToU8(source) }) },
      ...input,
      Role: input.Role ?? (await (role ??= createRole(iam))),
    });

  return {
    id: LOCAL_ACCOUNT_ID,
    region: REGION,
    ...clients,
    localAws,
    beginFunction,
    async createFunction(functionOptions) {
      const created = await beginFunction(functionOptions);
      const { FunctionName = "" } = created;
      await waitUntilFunctionActiveV2(
        { client: lambda, maxWaitTime: 30, minDelay: 1 },
        { FunctionName },
      );
      return { ...created, FunctionName };
    },
    async request(service, { method = "POST", path = "/", headers = {}, body } = {}) {
      const text = typeof body === "object" ? JSON.stringify(body) : body;
      const url = (await localAws()).endpoint + path;
      return await request(
        { method, url, headers, ...(text !== undefined && { body: Buffer.from(text) }) },
        { service, region: REGION, credentials: CREDENTIALS },
      );
    },
    async close() {
      await (await started)?.close();
    },
  };
}

const ECHO = "exports.handler = async (event) => event;";

async function start(options: LocalAwsOptions): Promise<TestLocalAws> {
  const aws = createTestLocalAws(options);
  await aws.listen(0);
  return aws;
}

async function createRole(iam: IAM): Promise<string> {
  const RoleName = uniqueName("role");
  const { Role } = await iam.createRole({
    RoleName,
    AssumeRolePolicyDocument: lambdaTrust(),
  });
  await iam.putRolePolicy({
    RoleName,
    PolicyName: "all",
    PolicyDocument: allowing({ Action: "*", Resource: "*" }),
  });
  return Role?.Arn ?? "";
}
