import type { Service } from "../protocols/operation.ts";
import type { Hooks } from "../hooks.ts";

const HEADER = "x-amzn-trace-id";
const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/;
const isPost = ({ method, path }: { method: string; path: string }) =>
  method === "POST" && /(?:@|%40)connections\//i.test(path);

/** Lambda as functions reach it: records their calls of Invoke. */
export const withTracedInvokes =
  (service: Service, hooks: Hooks): Service =>
  async (request) => {
    const traceHeader = request.headers[HEADER];
    const encodedName = INVOKE.exec(request.path)?.[1];
    if (traceHeader === undefined || encodedName === undefined) return await service(request);
    const functionName = nameOf(encodedName);
    hooks.emit(traceHeader, { type: "invoke-start", functionName });
    const response = await service(request);
    hooks.emit(traceHeader, { type: "invoke-end", functionName, status: response.status });
    return response;
  };

/** The last part of an ARN, or the name itself. */
const nameOf = (encoded: string) => /([^:%]+)$/.exec(encoded)?.[1] ?? encoded;

/** `@connections` as functions reach it: records their posts. */
export const withTracedPosts =
  (service: Service, hooks: Hooks): Service =>
  async (request) => {
    const traceHeader = request.headers[HEADER];
    if (traceHeader === undefined || !isPost(request)) return await service(request);
    hooks.emit(traceHeader, { type: "post-start" });
    const response = await service(request);
    hooks.emit(traceHeader, { type: "post-end", status: response.status });
    return response;
  };

/** `@connections` itself: records what really goes out. */
export const withTracedFrames =
  (service: Service, hooks: Hooks): Service =>
  async (request) => {
    const response = await service(request);
    if (response.status === 200 && isPost(request))
      hooks.emit(request.headers[HEADER], { type: "frame-out", text: request.body.toString() });
    return response;
  };
