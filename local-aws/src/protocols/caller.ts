/** The identity that signed a request. */
export type Caller =
  | { type: "administrator"; arn: string }
  /** A session of a role: `arn:aws:sts::{account}:assumed-role/{role}/{session}`. */
  | { type: "role"; arn: string; roleName: string };

/** The facts of a request that the conditions of policies can name. */
export interface RequestFacts {
  region: string;
  /** The client's IP address. */
  sourceIp: string;
  /** By name in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
}

/**
 * @param request undefined for a call that the local AWS itself makes for the caller.
 * @throws {AwsError} 403 AccessDeniedException if the caller's policies do not allow the action.
 */
export type PermissionCheck = (
  caller: Caller,
  action: string,
  resource: string,
  request?: RequestFacts,
) => void;
