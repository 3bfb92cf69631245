/**
 * The Node.js runtime of a function process: what Lambda's own runtime is to `nodejs22.x`. It runs
 * in a process of its own, with nothing of the local AWS in it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { patchConsole } from "./console.ts";
import {
  encodeFrame,
  frameDecoder,
  FRAMES_FD,
  FrameType,
  type FunctionError,
  type InvocationHeader,
  INVOCATIONS_FD,
} from "./frames.ts";
import { type Handler, loadHandler } from "./load-handler.ts";

let current: InvocationHeader | undefined;

function send(type: FrameType, payload: string | Buffer = ""): void {
  const frame = encodeFrame(type, payload);
  for (let sent = 0; sent < frame.length;) sent += writeSync(FRAMES_FD, frame, sent);
}

const { log } = patchConsole(send, () => current?.requestId);

function asFunctionError(error: unknown): FunctionError {
  if (!(error instanceof Error))
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return {
    errorType: error.name,
    errorMessage: error.message,
    trace: error.stack?.split("\n") ?? [],
  };
}

/** Logs an error as Lambda's runtime does: in JSON as an object, in text behind a title. */
function logError(title: string, error: unknown): void {
  const { errorType, errorMessage, trace: stackTrace } = asFunctionError(error);
  if (process.env["AWS_LAMBDA_LOG_FORMAT"] === "JSON")
    log("ERROR", { errorType, errorMessage, stackTrace });
  else log("ERROR", `${title} `, JSON.stringify({ errorType, errorMessage, stack: stackTrace }));
}

function fail(error: unknown): void {
  logError("Invoke Error", error);
  send(FrameType.Error, JSON.stringify(asFunctionError(error)));
  next();
}

function succeed(result: unknown): void {
  let payload: string;
  try {
    payload = JSON.stringify(result) ?? "null";
  } catch (error) {
    fail(error);
    return;
  }
  send(FrameType.Response, payload);
  next();
}

function next(): void {
  current = undefined;
  invocations.ref();
  send(FrameType.Next, String(process.resourceUsage().maxRSS));
}

/** One invocation ends once, however often the handler calls back or settles. */
function settleOnce(): { succeed(result: unknown): void; fail(error: unknown): void } {
  const invocation = current;
  const once = (settle: (value: unknown) => void) => (value: unknown) => {
    if (current !== invocation || invocation === undefined) return;
    settle(value);
  };
  return { succeed: once(succeed), fail: once(fail) };
}

function invoke(handler: Handler, header: InvocationHeader, payload: Buffer): void {
  current = header;
  process.env["_X_AMZN_TRACE_ID"] = header.traceId;
  // With nothing left to do but wait for the next invocation, the event loop is empty.
  invocations.unref();
  const settle = settleOnce();
  let finish: (() => void) | undefined;
  const callback = (error?: unknown, result?: unknown) => {
    finish ??= () => (error ? settle.fail(error) : settle.succeed(result));
    if (context.callbackWaitsForEmptyEventLoop) whenLoopIsEmpty = finish;
    else setImmediate(finish);
  };
  // A handler that never answers has returned nothing once its event loop is empty.
  whenLoopIsEmpty = () => settle.succeed(undefined);
  const context = contextOf(header, callback);
  try {
    const result = handler(JSON.parse(payload.toString()), context, callback);
    if (isPromise(result)) result.then(settle.succeed, settle.fail);
    // A plain return value counts for nothing: only a callback or a promise answers.
  } catch (error) {
    settle.fail(error);
  }
}

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === "object" &&
  value !== null &&
  "then" in value &&
  typeof value.then === "function";

function contextOf(
  header: InvocationHeader,
  callback: (error?: unknown, result?: unknown) => void,
) {
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"],
    functionVersion: process.env["AWS_LAMBDA_FUNCTION_VERSION"],
    invokedFunctionArn: header.functionArn,
    memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    awsRequestId: header.requestId,
    logGroupName: process.env["AWS_LAMBDA_LOG_GROUP_NAME"],
    logStreamName: process.env["AWS_LAMBDA_LOG_STREAM_NAME"],
    getRemainingTimeInMillis: () => Math.max(0, header.deadline - Date.now()),
    done(error?: unknown, result?: unknown) {
      context.callbackWaitsForEmptyEventLoop = false;
      callback(error, result);
    },
    succeed: (result?: unknown) => context.done(null, result),
    fail: (error?: unknown) => context.done(error ?? "handled"),
  };
  return context;
}

let whenLoopIsEmpty: (() => void) | undefined;
process.on("beforeExit", () => {
  if (current !== undefined) whenLoopIsEmpty?.();
});

/** A crash ends the process with the status that Lambda's runtime uses for it. */
function crash(exitCode: number, errorType: string | undefined) {
  return (reason: unknown) => {
    const error = asFunctionError(reason);
    const named =
      errorType === undefined ? error : { ...error, errorType, errorMessage: String(reason) };
    logError(
      errorType === undefined ? "Uncaught Exception" : "Unhandled Promise Rejection",
      reason,
    );
    if (current !== undefined) send(FrameType.Error, JSON.stringify(named));
    process.exit(exitCode);
  };
}
process.on("uncaughtException", crash(129, undefined));
process.on("unhandledRejection", crash(128, "Runtime.UnhandledPromiseRejection"));

const invocations = new Socket({ fd: INVOCATIONS_FD, readable: true, writable: false });
// The local AWS is gone: so is everything that was to be done.
invocations.on("close", () => process.exit(0));

try {
  const handler = await loadHandler(
    process.env["LAMBDA_TASK_ROOT"] ?? "",
    process.env["_HANDLER"] ?? "",
  );
  let header: InvocationHeader | undefined;
  invocations.on(
    "data",
    frameDecoder((_type, payload) => {
      if (header === undefined) {
        header = JSON.parse(payload.toString()) as InvocationHeader;
        return;
      }
      const invocation = header;
      header = undefined;
      invoke(handler, invocation, payload);
    }),
  );
  send(FrameType.InitDone);
} catch (error) {
  logError("Uncaught Exception", error);
  send(FrameType.InitError, JSON.stringify(asFunctionError(error)));
  process.exit(129);
}
