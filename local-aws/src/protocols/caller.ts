/** The identity that signed a request. */
export type Caller =
  | { type: "administrator"; arn: string }
  /** A session of a role: `arn:aws:sts::{account}:assumed-role/{role}/{session}`. */
  | { type: "role"; arn: string; roleName: string };

/** @throws {AwsError} 403 AccessDeniedException if the caller's policies do not allow the action. */
export type PermissionCheck = (caller: Caller, action: string, resource: string) => void;
