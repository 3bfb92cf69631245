export interface IamState {
  roles: Record<string, Role>;
}

/** A role in the form of IAM's `GetRole`, with its inline policies. */
export interface Role {
  RoleName: string;
  RoleId: string;
  Arn: string;
  Path: string;
  /** ISO 8601. */
  CreateDate: string;
  /** JSON text, as all policy documents here. */
  AssumeRolePolicyDocument: string;
  Description?: string;
  MaxSessionDuration: number;
  Tags: Record<string, string>;
  /** By policy name. */
  policies: Record<string, string>;
}
