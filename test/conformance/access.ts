import { randomUUID } from "node:crypto";
import {
  type CloudWatchLogsClient,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import type { ClientOptions } from "ws";
import { expect } from "vitest";
import { type Client, connect } from "../e2e/client.ts";
import { type RawResponse, type Credentials, request } from "./signed-request.ts";

export type FunctionName = "websocket-handler" | "processor";

/** A line of a function's log. */
export interface LoggedLine {
  logStreamName: string;
  message: string;
}

export interface ManageOptions {
  body?: Buffer;
  /** Default: the stage that the client is connected to. */
  stage?: string;
  /** Default: `@connections`. */
  collection?: string;
  /** `undefined`: the request is not signed. */
  as?: Credentials | undefined;
}

/** Access to a stack from outside. */
export interface Access {
  /** The WebSocket URL. */
  readonly url: string;
  readonly region: string;
  connect(options?: ClientOptions): Promise<Client>;
  /** Returns the ID of a client's connection, from the log of the websocket-handler. */
  identify(client: Client): Promise<string>;
  /** Sends a request to the API Gateway Management API. */
  manage(method: string, connectionId: string, options?: ManageOptions): Promise<RawResponse>;
  /** Sends a request to Invoke of Lambda. A payload that is not a string is sent as JSON. */
  invoke(
    functionName: FunctionName | "no-such-function",
    payload: unknown,
    headers?: Record<string, string>,
    as?: Credentials,
  ): Promise<RawResponse>;
  /** Waits until as many lines of a function as expected match a filter pattern. Returns the lines. */
  logged(functionName: FunctionName, pattern: string, count?: number): Promise<LoggedLine[]>;
}

export interface AccessOptions {
  url: string;
  project: string;
  /** URL of Lambda's API. */
  lambda: string;
  /** All other requests use its credentials and its region. */
  logs: CloudWatchLogsClient;
  region: string;
  /** Milliseconds: the timeout for a log line, and the interval between two queries. */
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
