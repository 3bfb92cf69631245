export interface IamState {
  roles: Record<string, Role>;
  /** The customer-managed policies, by ARN. */
  policies: Record<string, ManagedPolicy>;
}

/** A role in the form of IAM's `GetRole`, with its policies. */
export interface Role {
  RoleName: string;
  RoleId: string;
  Arn: string;
  Path: string;
  /** ISO 8601. */
  CreateDate: string;
  /** JSON text, like all policy documents here. */
  AssumeRolePolicyDocument: string;
  Description?: string;
  MaxSessionDuration: number;
  Tags: Record<string, string>;
  /** The inline policies, by name. */
  policies: Record<string, string>;
  /** The ARNs of the managed policies, in ascending order. */
  attachedPolicies: string[];
}

/** A policy in the form of IAM's `GetPolicy`, with its versions. */
export interface ManagedPolicy {
  PolicyName: string;
  PolicyId: string;
  Arn: string;
  Path: string;
  DefaultVersionId: string;
  Description?: string;
  /** ISO 8601. */
  CreateDate: string;
  /** When the last version was created. ISO 8601. */
  UpdateDate: string;
  Tags: Record<string, string>;
  /** By ID, the oldest first. */
  versions: Record<string, PolicyVersion>;
  /**
   * The number of all versions that were ever created. The next version has the following number.
   */
  versionCount: number;
}

export interface PolicyVersion {
  Document: string;
  /** ISO 8601. */
  CreateDate: string;
}
