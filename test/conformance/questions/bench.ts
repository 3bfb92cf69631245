import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import type { CreateFunctionCommandInput } from "@aws-sdk/client-lambda";
import type { Clients } from "../clients.ts";
import { lambdaTrust, policy } from "../policies.ts";

/** The resources that questions create, and delete at the end. */
export interface Bench extends Clients {
  readonly region: string;
  /** Waits. A test can skip the time. */
  wait(milliseconds: number): Promise<void>;
  /** Milliseconds without a frame after which no more frames are expected. */
  readonly patience: number;
  /** A name of this run, such as `ask-aws-1a2b3c4d-queue`. */
  name(suffix: string): string;
  /** Registers what deletes a resource. The last one runs first. */
  onClose(what: string, remove: () => Promise<unknown>): void;
  /** Creates a role that Lambda can assume. Returns its ARN. */
  createRole(suffix: string, statements: Statement[]): Promise<string>;
  /** Creates a function, once its role can be assumed, and waits until it is active. */
  createFunction(suffix: string, options: FunctionOptions): Promise<BenchFunction>;
  /** The function of function.js, which may manage connections. */
  readonly fn: () => Promise<BenchFunction>;
  /** Returns the first log event of a function that matches. Waits two minutes for one, else null. */
  logged(functionName: string, filterPattern: string): Promise<string | null>;
  /** Runs a task when no other task runs: for APIs that allow few calls per second. */
  inTurn<Type>(task: () => Promise<Type>): Promise<Type>;
  /** Deletes everything. Returns what could not be deleted. */
  close(): Promise<string[]>;
}

export interface Statement {
  Action: string[];
  Resource: string;
}

export interface BenchFunction {
  name: string;
  arn: string;
  /** The URI of an integration or an authorizer. */
  uri: string;
}

export type FunctionOptions = Partial<CreateFunctionCommandInput> & {
  Role: string;
  source: string;
};

export interface BenchOptions {
  region: string;
  /** Default: real time. */
  wait?: Bench["wait"];
  /** Default: 5000. */
  patience?: number;
}

/** Lets a function write its log. The bench creates and deletes the log group. */
export const LOGS: Statement = {
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: "*",
};

const sleep = (milliseconds: number) =>
  new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));

export function createBench(
  clients: Clients,
  { region, wait = sleep, patience = 5000 }: BenchOptions,
): Bench {
  const prefix = `ask-aws-${randomUUID().slice(0, 8)}`;
  const removals: { what: string; remove(): Promise<unknown> }[] = [];
  const onClose: Bench["onClose"] = (what, remove) => void removals.push({ what, remove });
  const name = (suffix: string) => `${prefix}-${suffix}`;
  let turn: Promise<unknown> = Promise.resolve();
  let fn: Promise<BenchFunction> | undefined;

  const createRole: Bench["createRole"] = async (suffix, statements) => {
    const RoleName = name(suffix);
    const { Role } = await clients.iam.createRole({
      RoleName,
      AssumeRolePolicyDocument: lambdaTrust(),
    });
    onClose(`role ${RoleName}`, () => clients.iam.deleteRole({ RoleName }));
    await clients.iam.putRolePolicy({
      RoleName,
      PolicyName: "bench",
      PolicyDocument: policy(...statements.map((each) => ({ Effect: "Allow", ...each }))),
    });
    onClose(`policy of ${RoleName}`, () =>
      clients.iam.deleteRolePolicy({ RoleName, PolicyName: "bench" }),
    );
    return Role?.Arn ?? "";
  };

  const untilActive = async (FunctionName: string) => {
    for (;;) {
      const { State, StateReason } = await clients.lambda.getFunctionConfiguration({
        FunctionName,
      });
      if (State === "Active") return;
      if (State === "Failed") throw new Error(`${FunctionName} failed: ${StateReason}`);
      await wait(1000);
    }
  };

  const createFunction: Bench["createFunction"] = async (suffix, { source, ...options }) => {
    const FunctionName = name(suffix);
    const logGroupName = `/aws/lambda/${FunctionName}`;
    await clients.logs.createLogGroup({ logGroupName });
    onClose(`log group ${logGroupName}`, () => clients.logs.deleteLogGroup({ logGroupName }));
    const create = () =>
      clients.lambda.createFunction({
        FunctionName,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Timeout: 10,
        Code: { ZipFile: zipSync({ "index.js": strToU8(source) }) },
        ...options,
      });
    // A role can be assumed some seconds after it was created.
    const created = await retried(create, /cannot be assumed/, wait);
    onClose(`function ${FunctionName}`, () => clients.lambda.deleteFunction({ FunctionName }));
    await untilActive(FunctionName);
    const arn = created.FunctionArn ?? "";
    const uri = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
    return { name: FunctionName, arn, uri };
  };

  const createSharedFunction = async () => {
    const created = await createFunction("function", {
      source: await readFile(join(import.meta.dirname, "function.js"), "utf8"),
      Role: await createRole("function", [
        LOGS,
        { Action: ["execute-api:ManageConnections"], Resource: "*" },
      ]),
    });
    await clients.lambda.addPermission({
      FunctionName: created.name,
      StatementId: "api-gateway",
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
    });
    return created;
  };
  const sharedFunction = () => (fn ??= createSharedFunction());

  return {
    ...clients,
    region,
    wait,
    patience,
    name,
    onClose,
    createRole,
    createFunction,
    fn: sharedFunction,
    async logged(functionName, filterPattern) {
      const logGroupName = `/aws/lambda/${functionName}`;
      for (let attempt = 0; attempt < 60; attempt += 1) {
        const { events = [] } = await clients.logs.filterLogEvents({ logGroupName, filterPattern });
        const [first] = events;
        if (first?.message !== undefined) return first.message;
        await wait(2000);
      }
      return null;
    },
    async inTurn(task) {
      const result = turn.then(task);
      turn = result.catch(() => {});
      return await result;
    },
    async close() {
      const left: string[] = [];
      for (const { what, remove } of removals.toReversed())
        await retried(remove, /TooManyRequests|Throttl|Conflict/, wait).catch((error: unknown) =>
          left.push(`${what}: ${String(error)}`),
        );
      removals.length = 0;
      return left;
    },
  };
}

/** Tries again, for about a minute, while the error's name or message matches. */
async function retried<Type>(
  task: () => Promise<Type>,
  matching: RegExp,
  wait: Bench["wait"],
): Promise<Type> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await task();
    } catch (error) {
      if (attempt === 20 || !matching.test(String(error))) throw error;
      await wait(3000);
    }
}

/** Returns the error of a call as text, or null if the call succeeds. */
export async function errorOf(call: Promise<unknown>): Promise<string | null> {
  return await call.then(
    () => null,
    (error: unknown) => String(error),
  );
}
