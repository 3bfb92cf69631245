import type { Clock } from "../clock.ts";
import type { Caller, RequestFacts } from "../protocols/caller.ts";
import type { Service } from "../protocols/operation.ts";
import { queryProtocol } from "../protocols/query-protocol.ts";
import type { State } from "../state.ts";
import { createAuthenticate } from "./authenticate.ts";
import { createCredentials, type Credentials } from "./credentials.ts";
import { attachmentOperations } from "./managed-policies/attachments.ts";
import { policyOperations } from "./managed-policies/policies.ts";
import { policyVersionOperations } from "./managed-policies/policy-versions.ts";
import { createPermissions } from "./permissions.ts";
import { rolePolicyOperations } from "./role-policies.ts";
import { roleTagOperations } from "./role-tags.ts";
import { roleOperations } from "./roles.ts";
import { sessionOf } from "./sessions.ts";
import type { Authentication, SignedRequest } from "./signed-request.ts";
import { userOperations } from "./users.ts";

export type { Credentials };

export interface Iam {
  service: Service;
  /** Issues temporary credentials of a role, for an execution environment. */
  issueCredentials(roleArn: string, sessionName: string): Credentials;
  /**
   * Returns the caller of a request.
   * @throws {AwsError} 403 if the request is not signed, or if its signature is wrong.
   */
  authenticate(request: SignedRequest): Promise<Authentication>;
  /** Returns the session of a role that a function runs as. */
  sessionOf(roleArn: string, sessionName: string): Caller;
  /** @param resourcePolicy the policy of the resource, if it has one. */
  allows(caller: Caller, action: string, resource: string, resourcePolicy?: string): boolean;
  /**
   * @param resourcePolicy the policy of the resource, if it has one.
   * @throws {AwsError} 403 AccessDeniedException.
   */
  authorize(
    caller: Caller,
    action: string,
    resource: string,
    request?: RequestFacts,
    resourcePolicy?: string,
  ): void;
}

/** Creates IAM: the roles and policies of an account, authentication and authorization. */
export function createIam(options: { state: State; clock: Clock }): Iam {
  const { state, clock } = options;
  const credentials = createCredentials({ accountId: state.accountId });
  const { allows, authorize } = createPermissions({ state, clock });
  const operations = {
    ...roleOperations({ state, clock }),
    ...rolePolicyOperations({ state }),
    ...roleTagOperations({ state }),
    ...policyOperations({ state, clock }),
    ...policyVersionOperations({ state, clock }),
    ...attachmentOperations({ state }),
    ...userOperations({ state }),
  };
  return {
    service: queryProtocol({
      authorize,
      prefix: "iam",
      version: "2010-05-08",
      namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
      // As recorded for IAM: https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services/iam/test_iam.snapshot.json
      inputErrors: { code: "ValidationException", hidesValues: true },
      operations,
    }),
    issueCredentials: credentials.issue,
    authenticate: createAuthenticate({ clock, credentials }),
    sessionOf,
    allows,
    authorize,
  };
}
