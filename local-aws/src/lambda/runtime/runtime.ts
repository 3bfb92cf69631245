/**
 * The main module of the process of a function. It connects the runtime of its version of Node.js with
 * the local AWS, and contains no other part of the local AWS.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { optimizeEarly } from "../../optimize-early.ts";
import { patchConsole } from "./console.ts";
import {
  decodeInvocation,
  encodeFrame,
  frameDecoder,
  FRAMES_FD,
  FrameType,
  INVOCATIONS_FD,
} from "./frames.ts";
import { textOf } from "./function-errors.ts";
import { missingSdkPackage } from "./missing-sdk.ts";
import { createNodejs22 } from "./nodejs22.ts";
import { createNodejs24 } from "./nodejs24.ts";
import { prepareModules } from "./prepare-modules.ts";
import { contextOf } from "./runtime-api.ts";

function send(type: FrameType, payload: string | Buffer): void {
  const frame = encodeFrame(type, payload);
  for (let sent = 0; sent < frame.length;) sent += writeSync(FRAMES_FD, frame, sent);
}

/** Returns the peak memory of this process, in KB. */
const memoryUsed = () => String(process.resourceUsage().maxRSS);

function sendError(type: FrameType, error: unknown): void {
  const missing = missingSdkPackage(error);
  if (missing !== undefined)
    console.warn(
      `On AWS the runtime contains the package ${missing}. Here it must be installed: run \`npm install --save-dev ${missing}\` in the directory of the local AWS, and start the local AWS again.`,
    );
  send(type, JSON.stringify(runtime.thrown.describe(error)));
}

const major = Number(/\d+/.exec(process.env["AWS_EXECUTION_ENV"] ?? "")?.[0]);
const createRuntime = major < 24 ? createNodejs22 : createNodejs24;
const runtime = createRuntime({
  next() {
    invocations.ref();
    send(FrameType.Next, memoryUsed());
  },
  respond: (result) => send(FrameType.Response, result),
  fail: (error) => sendError(FrameType.Error, error),
  failInit: (error) => sendError(FrameType.InitError, error),
  finishInit() {
    invocations.ref();
    send(FrameType.InitDone, memoryUsed());
  },
  logError(title, value) {
    const { asError, describe } = runtime.thrown;
    const error = asError(value);
    if (process.env["AWS_LAMBDA_LOG_FORMAT"] === "JSON") log("ERROR", error);
    else log("ERROR", title, `\t${textOf(error, describe)}`);
  },
});

/** The ID of the latest invocation. Logs after its response still have this ID. */
let requestId = runtime.noRequestId;

const { log } = patchConsole(send, () => requestId);

function onFrame(type: FrameType, payload: Buffer): void {
  // Unreferenced, so that the event loop counts as empty while it only waits for the next invocation.
  invocations.unref();
  if (type === FrameType.Load) {
    clearImmediate(preparation);
    warnOfOtherNode();
    return void runtime.load();
  }
  const { header, event } = decodeInvocation(payload);
  requestId = header.requestId;
  process.env["_X_AMZN_TRACE_ID"] = header.traceId;
  runtime.invoke(JSON.parse(event), contextOf(header));
}

/** Warns if the function runs on another version of Node.js than that of its runtime. */
function warnOfOtherNode(): void {
  const { node } = process.versions;
  if (node.startsWith(`${major}.`)) return;
  console.warn(
    `This function has the runtime nodejs${major}.x, and runs on Node.js ${node}, because Node.js ${major} is not installed. To install it, run \`npm install --save-dev node-${major}@npm:node@${major}\`.`,
  );
}

const invocations = new Socket({ fd: INVOCATIONS_FD, readable: true, writable: false });
// The local AWS has exited.
invocations.on("close", () => process.exit(0));
invocations.on("data", frameDecoder(onFrame));

process.on("exit", () => send(FrameType.Exit, memoryUsed()));

optimizeEarly();
// A process that starts in advance has no frame yet.
const preparation = setImmediate(prepareModules);
