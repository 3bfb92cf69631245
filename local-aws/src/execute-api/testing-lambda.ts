import type { ServiceInvoker } from "../lambda/index.ts";
import { AwsError } from "../protocols/aws-error.ts";
import type { RequestContext } from "./events.ts";

export const FUNCTION_ARN = "arn:aws:lambda:us-east-1:000000000000:function:chat";

export interface TestEvent {
  requestContext: RequestContext;
  body?: string;
  headers?: Record<string, string>;
  [member: string]: unknown;
}

/** Waits for values that come one by one; those that nobody waits for are kept. */
export function createQueue<Value>() {
  const kept: Value[] = [];
  const waiting: ((value: Value) => void)[] = [];
  return {
    kept,
    push(value: Value) {
      const take = waiting.shift();
      if (take === undefined) kept.push(value);
      else take(value);
    },
    next(): Promise<Value> {
      const value = kept.shift();
      if (value !== undefined) return Promise.resolve(value);
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

/** What a function does with an event; what it throws is the function's error, an AwsError is Lambda's. */
export type Handler = (event: TestEvent) => unknown;

/** A stand-in for Lambda, with one function. */
export function createTestLambda() {
  const queues = {
    AUTHORIZER: createQueue<TestEvent>(),
    CONNECT: createQueue<TestEvent>(),
    MESSAGE: createQueue<TestEvent>(),
    DISCONNECT: createQueue<TestEvent>(),
  };
  const lambda = {
    /** By event type, `AUTHORIZER` for an authorizer's; without a handler the response has the status 200. */
    handlers: {} as Partial<Record<keyof typeof queues, Handler>>,
    /** Who invoked it, and for which resource, for each invocation. */
    invokers: [] as ServiceInvoker[],
    /** The next event of a type that the function gets, or got. */
    next: (type: keyof typeof queues) => queues[type].next(),
    /** The events of a type that nobody has asked for. */
    unread: (type: keyof typeof queues) => queues[type].kept,
    async invokeAs(invoker: ServiceInvoker, functionArn: string, payload: string) {
      const { service } = invoker;
      if (service !== "apigateway.amazonaws.com" || functionArn !== FUNCTION_ARN)
        throw new Error(`${service} invoked ${functionArn}.`);
      lambda.invokers.push(invoker);
      const event: TestEvent = JSON.parse(payload);
      const type = event["type"] === "REQUEST" ? "AUTHORIZER" : event.requestContext.eventType;
      queues[type].push(event);
      const result = { requestId: "00000000-0000-4000-8000-000000000000", log: [] };
      try {
        const handler = lambda.handlers[type] ?? (() => ({ statusCode: 200 }));
        const output = JSON.stringify((await handler(event)) ?? null);
        return { ...result, payload: Buffer.from(output) };
      } catch (error) {
        if (error instanceof AwsError) throw error;
        const errorMessage = error instanceof Error ? error.message : String(error);
        const output = JSON.stringify({ errorType: "Error", errorMessage });
        return { ...result, payload: Buffer.from(output), functionError: "Unhandled" as const };
      }
    },
  };
  return lambda;
}
