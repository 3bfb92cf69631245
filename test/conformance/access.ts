import { randomUUID } from "node:crypto";
import {
  type CloudWatchLogsClient,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import type { ClientOptions } from "ws";
import { expect } from "vitest";
import { type Client, connect } from "../e2e/client.ts";
import { type Answer, type Credentials, request } from "./signed-request.ts";

export type FunctionName = "websocket-handler" | "processor";

/** A line of a function's log. */
export interface LoggedLine {
  logStreamName: string;
  message: string;
}

export interface ManageOptions {
  body?: Buffer;
  /** Another stage than the one that the client is connected to. */
  stage?: string;
  /** What stands in the path in place of `@connections`. */
  collection?: string;
  /** `undefined`: the request isn't signed. */
  as?: Credentials | undefined;
}

/** What can be done with a stack from outside. */
export interface Access {
  /** What clients connect to. */
  readonly url: string;
  readonly region: string;
  connect(options?: ClientOptions): Promise<Client>;
  /** The id of a client's connection, which the websocket-handler logs. */
  identify(client: Client): Promise<string>;
  /** A request to the API Gateway Management API. */
  manage(method: string, connectionId: string, options?: ManageOptions): Promise<Answer>;
  /** A request to Lambda's Invoke. A payload that is no text is sent as JSON. */
  invoke(
    functionName: FunctionName | "no-such-function",
    payload: unknown,
    headers?: Record<string, string>,
    as?: Credentials,
  ): Promise<Answer>;
  /** The lines of a function that match a filter pattern, once there are as many as expected. */
  logged(functionName: FunctionName, pattern: string, count?: number): Promise<LoggedLine[]>;
}

export interface AccessOptions {
  url: string;
  project: string;
  /** URL of Lambda's API. */
  lambda: string;
  /** Its credentials and its region are those of every other request as well. */
  logs: CloudWatchLogsClient;
  region: string;
  /** Milliseconds: how long a log line may take, and how long to wait between two looks. */
  patience: { timeout: number; interval: number };
}

export function createAccess({
  url,
  project,
  lambda,
  logs,
  region,
  patience,
}: AccessOptions): Access {
  const startTime = Date.now() - 60_000;

  const linesOf = async (functionName: FunctionName, filterPattern: string) => {
    const logGroupName = `/aws/lambda/${project}-${functionName}`;
    const lines: LoggedLine[] = [];
    const pages = paginateFilterLogEvents(
      { client: logs },
      { logGroupName, startTime, filterPattern },
    );
    for await (const { events = [] } of pages)
      for (const { logStreamName = "", message = "" } of events)
        lines.push({ logStreamName, message });
    return lines;
  };

  const logged: Access["logged"] = async (functionName, pattern, count = 1) => {
    let lines: LoggedLine[] = [];
    await expect
      .poll(async () => (lines = await linesOf(functionName, pattern)).length, patience)
      .toBeGreaterThanOrEqual(count);
    return lines;
  };

  return {
    url,
    region,
    connect: (options) => connect(url, options),
    logged,
    async identify(client) {
      const requestId = randomUUID();
      await client.ask({ action: "echo", requestId });
      const [line] = await logged("websocket-handler", `{ $.message.requestId = "${requestId}" }`);
      return JSON.parse(line?.message ?? "").message.connectionId;
    },
    async manage(method, connectionId, options = {}) {
      const { body, stage, collection = "@connections" } = options;
      const base = stage === undefined ? url : new URL(stage, url).href;
      const path = `${base.replace(/^ws/, "http")}/${collection}/${encodeURIComponent(connectionId)}`;
      const credentials = "as" in options ? options.as : await logs.config.credentials();
      return await request(
        { method, url: path, ...(body && { body }) },
        credentials && { service: "execute-api", region, credentials },
      );
    },
    async invoke(functionName, payload, headers = {}, as) {
      const path = `/2015-03-31/functions/${project}-${functionName}/invocations`;
      const body = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
      const credentials = as ?? (await logs.config.credentials());
      return await request(
        { method: "POST", url: lambda + path, headers, body },
        { service: "lambda", region, credentials },
      );
    },
  };
}
