import { type AwsError, notImplemented } from "./aws-error.ts";

/** The parts of a request that identify its operation. */
export interface UnroutedRequest {
  method: string;
  path: string;
  /** By name in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/**
 * Returns the name of the service that a request is signed for, such as `ec2`. Undefined: it is not
 * signed with a header.
 */
export const signingNameOf = (authorization = ""): string | undefined =>
  /\/([^/,\s]+)\/aws4_request\b/.exec(authorization)?.[1];

/**
 * Returns the error for a service that the local AWS does not have. It names the operation or, because
 * operations of REST services have no names in their requests, the method and the path.
 */
export const missingService = (service: string, request: UnroutedRequest): AwsError =>
  notImplemented(`the service ${service} (${operationOf(request)})`);

function operationOf({ method, path, headers, body }: UnroutedRequest): string {
  const { "x-amz-target": target, "content-type": contentType = "" } = headers;
  if (target !== undefined) return target.slice(target.lastIndexOf(".") + 1);
  const form = contentType.startsWith("application/x-www-form-urlencoded")
    ? new URLSearchParams(body.toString())
    : undefined;
  return (
    form?.get("Action") ??
    /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(path)?.[1] ??
    `${method} ${path}`
  );
}
