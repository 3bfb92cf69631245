import type { Clock } from "../clock.ts";
import type { Service } from "../protocols/operation.ts";
import { queryProtocol } from "../protocols/query-protocol.ts";
import type { State } from "../state.ts";
import { createAuthenticate } from "./authenticate.ts";
import { createCredentials } from "./credentials.ts";
import { createPermissions } from "./permissions.ts";
import { rolePolicyOperations } from "./role-policies.ts";
import { roleTagOperations } from "./role-tags.ts";
import { roleOperations } from "./roles.ts";
import { sessionOf } from "./sessions.ts";
import { userOperations } from "./users.ts";

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

/** IAM: the roles of an account, and the answer to who calls and what they may do. */
export function createIam(options: { state: State; clock: Clock }): Iam {
  const { state, clock } = options;
  const credentials = createCredentials({ accountId: state.accountId });
  const { allows, authorize } = createPermissions({ state });
  const operations = {
    ...roleOperations({ state, clock }),
    ...rolePolicyOperations({ state }),
    ...roleTagOperations({ state }),
    ...userOperations({ state }),
  };
  const iam: Iam = {
    service: (request) => service(request),
    issueCredentials: credentials.issue,
    authenticate: createAuthenticate({ clock, credentials }),
    sessionOf,
    allows,
    authorize,
  };
  const service = queryProtocol({
    iam,
    prefix: "iam",
    version: "2010-05-08",
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    operations,
  });
  return iam;
}
