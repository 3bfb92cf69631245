import type { State } from "../state.ts";
import type { Iam } from "./index.ts";
import type { Role } from "./state.ts";

const unused = () => {
  throw new Error("A test of one service needs no credentials.");
};

/** IAM that allows everything, for tests of a single service. */
export const permissiveIam: Iam = {
  service: unused,
  issueCredentials: unused,
  authenticate: unused,
  sessionOf: unused,
  allows: () => true,
  authorize: () => undefined,
};

/** Adds a role that a service can assume. Returns its ARN. */
export function addRole(state: State, name: string, service: string): string {
  const role: Role = {
    RoleName: name,
    RoleId: "AROA0000000000000000",
    Arn: `arn:aws:iam::000000000000:role/${name}`,
    Path: "/",
    CreateDate: "2026-01-02T03:04:05Z",
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
    }),
    MaxSessionDuration: 3600,
    Tags: {},
    policies: {},
    attachedPolicies: [],
  };
  state.iam.roles[name] = role;
  return role.Arn;
}
