/**
 * The Node.js runtime of a function process: what Lambda's own runtime is to `nodejs22.x`. It runs
 * in a process of its own, with nothing of the local AWS in it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { type Answers, createAnswers } from "./answers.ts";
import { patchConsole } from "./console.ts";
import {
  decodeInvocation,
  encodeFrame,
  frameDecoder,
  FRAMES_FD,
  FrameType,
  type InvocationHeader,
  INVOCATIONS_FD,
} from "./frames.ts";
import {
  asError,
  asFunctionError,
  NodeJsExit,
  textOf,
  UnhandledPromiseRejection,
} from "./function-errors.ts";
import { type Handler, loadHandler } from "./load-handler.ts";

/** None until the function is loaded. */
let handler: Handler | undefined;
/** The invocation that has no answer yet. */
let unanswered: InvocationHeader | undefined;
/** Of the latest invocation: what goes on after its answer is still logged as a part of it. */
let requestId: string | undefined;
let whenLoopIsEmpty: (() => void) | undefined;

function send(type: FrameType, payload: string | Buffer): void {
  const frame = encodeFrame(type, payload);
  for (let sent = 0; sent < frame.length;) sent += writeSync(FRAMES_FD, frame, sent);
}

/** The high-water mark of this process's memory, in KB. */
const memoryUsed = () => String(process.resourceUsage().maxRSS);

const { log } = patchConsole(send, () => requestId);

/** Logs an error as Lambda's runtime does: in JSON as an object, in text behind a title. */
function logError(title: string, thrown: unknown): void {
  const error = asError(thrown);
  if (process.env["AWS_LAMBDA_LOG_FORMAT"] === "JSON") log("ERROR", error);
  else log("ERROR", title, `\t${textOf(error)}`);
}

function invoke(handler: Handler, header: InvocationHeader, event: string): void {
  unanswered = header;
  requestId = header.requestId;
  process.env["_X_AMZN_TRACE_ID"] = header.traceId;
  // With nothing left to do but wait for the next invocation, the event loop is empty.
  invocations.unref();

  const answer = (type: FrameType, payload: string) => {
    // It was answered when its event loop ran empty, and the handler does so only now.
    if (unanswered !== header) return;
    send(type, payload);
    unanswered = undefined;
    // Callbacks of the handler in this turn of the event loop still belong to its invocation.
    setImmediate(awaitNext);
  };
  const succeed = (result: unknown) => answer(FrameType.Response, serialise(result));
  const fail = (error: unknown) => {
    logError("Invoke Error", error);
    answer(FrameType.Error, JSON.stringify(asFunctionError(error)));
  };
  // A handler that doesn't answer has returned nothing once its event loop is empty; only from
  // one that is async a promise is owed.
  whenLoopIsEmpty = () => (isAsync(handler) ? fail(new NodeJsExit()) : succeed(undefined));
  const answers = createAnswers({ succeed, fail }, (action) => (whenLoopIsEmpty = action));
  try {
    const result = handler(JSON.parse(event), contextOf(header, answers), answers.callback);
    // A plain return value counts for nothing: only a callback or a promise answers.
    if (isPromise(result)) result.then(answers.succeed, answers.fail).catch(answers.fail);
  } catch (error) {
    answers.callback(error);
  }
}

function awaitNext(): void {
  invocations.ref();
  send(FrameType.Next, memoryUsed());
}

function serialise(result: unknown): string {
  try {
    return JSON.stringify(result) ?? "null";
  } catch (cause) {
    throw new Error("Unable to stringify response body", { cause });
  }
}

const isAsync = (handler: Handler) => handler.constructor.name === "AsyncFunction";

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === "object" &&
  value !== null &&
  "then" in value &&
  typeof value.then === "function";

/** The answering part is shared and not copied, as the handler may set a member of it. */
const contextOf = (header: InvocationHeader, answers: Answers) =>
  Object.assign(answers, {
    functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"],
    functionVersion: process.env["AWS_LAMBDA_FUNCTION_VERSION"],
    memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    logGroupName: process.env["AWS_LAMBDA_LOG_GROUP_NAME"],
    logStreamName: process.env["AWS_LAMBDA_LOG_STREAM_NAME"],
    invokedFunctionArn: header.functionArn,
    awsRequestId: header.requestId,
    clientContext:
      header.clientContext === undefined ? undefined : JSON.parse(header.clientContext),
    getRemainingTimeInMillis: () => header.deadline - Date.now(),
  });

/** Loads the function, at the end of which it is ready for invocations. */
async function load(): Promise<void> {
  // The exit code of Node.js for a top-level await that never settles.
  whenLoopIsEmpty = () => process.exit(13);
  invocations.unref();
  const { LAMBDA_TASK_ROOT: taskRoot = "", _HANDLER: name = "" } = process.env;
  handler = await loadHandler(taskRoot, name);
  whenLoopIsEmpty = undefined;
  invocations.ref();
  send(FrameType.InitDone, memoryUsed());
}

function onFrame(type: FrameType, payload: Buffer): void {
  if (type === FrameType.Load) {
    load().catch((error: unknown) => crash("Uncaught Exception", error, 129));
  } else if (handler !== undefined) {
    const { header, event } = decodeInvocation(payload);
    invoke(handler, header, event);
  }
}

/** A crash ends the process with the status that Lambda's runtime uses for it. */
function crash(title: string, error: unknown, exitCode: number): void {
  logError(title, error);
  const payload = JSON.stringify(asFunctionError(error));
  if (handler === undefined) send(FrameType.InitError, payload);
  else if (unanswered !== undefined) send(FrameType.Error, payload);
  process.exit(exitCode);
}

const invocations = new Socket({ fd: INVOCATIONS_FD, readable: true, writable: false });
// The local AWS is gone: so is everything that was to be done.
invocations.on("close", () => process.exit(0));

process.on("exit", () => send(FrameType.Exit, memoryUsed()));
process.on("beforeExit", () => whenLoopIsEmpty?.());
process.on("uncaughtException", (error) => crash("Uncaught Exception", error, 129));
process.on("unhandledRejection", (reason, promise) =>
  crash("Unhandled Promise Rejection", new UnhandledPromiseRejection(reason, promise), 128),
);

invocations.on("data", frameDecoder(onFrame));
