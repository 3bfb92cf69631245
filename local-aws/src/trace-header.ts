/**
 * The trace header, with which AWS traces a request through its services. A service sends the `Root` of a
 * request with the requests that result from it. Lambda passes the header to a function as
 * `_X_AMZN_TRACE_ID`, and the SDK in the function sends it with each call.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
import { randomUUID } from "node:crypto";

/**
 * Returns the trace header of a request.
 * @param headers the headers, by name in lower case.
 */
export const traceHeaderOf = (headers: Readonly<Record<string, string | undefined>>) =>
  headers["x-amzn-trace-id"];

/**
 * Returns the root in a header `Root=…;Parent=…;Sampled=…`: `1-{seconds}-{96 bits}` in hexadecimal.
 */
export const rootOf = (header: string | undefined) => fieldOf(header, "Root=");

/** Returns the parent in a header: 16 hexadecimal digits that identify the run of a function. */
export const parentOf = (header: string | undefined) => fieldOf(header, "Parent=");

function fieldOf(header: string | undefined, name: string): string | undefined {
  const start = header?.indexOf(name) ?? -1;
  if (header === undefined || start === -1) return undefined;
  const end = header.indexOf(";", start);
  return header.slice(start + name.length, end === -1 ? undefined : end);
}

/**
 * Returns the header for an invocation, with the root of the request that caused it, or a new root.
 * @param now milliseconds since the epoch.
 */
export function headerForInvocation(header: string | undefined, now: number): string {
  const random = (randomUUID() + randomUUID()).replaceAll("-", "");
  const root = rootOf(header) ?? `1-${Math.floor(now / 1000).toString(16)}-${random.slice(0, 24)}`;
  return `Root=${root};Parent=${random.slice(32, 48)};Sampled=0`;
}
