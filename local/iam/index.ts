import type { Service } from "../http/operation.ts";

/** Who signed a request. */
export type Caller =
  | { type: "administrator"; arn: string }
  /** A session of a role: `arn:aws:sts::{account}:assumed-role/{role}/{session}`. */
  | { type: "role"; arn: string; roleName: string };

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** A request as it came over the wire, for its signature to be checked. */
export interface SignedRequest {
  method: string;
  /** Path with query string, as sent. */
  url: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

export interface Iam {
  service: Service;
  /** Temporary credentials of a role, as an execution environment holds them. */
  issueCredentials(roleArn: string, sessionName: string): Credentials;
  /**
   * Who signed a request, and for which service and region.
   * @throws {AwsError} 403, where the request is not signed, or its signature is wrong.
   */
  authenticate(
    request: SignedRequest,
  ): Promise<{ caller: Caller; service: string; region: string }>;
  /** The session of a role that a function runs as. */
  sessionOf(roleArn: string, sessionName: string): Caller;
  allows(caller: Caller, action: string, resource: string): boolean;
  /** @throws {AwsError} 403 AccessDeniedException, where the caller's policies don't allow it. */
  authorize(caller: Caller, action: string, resource: string): void;
}
