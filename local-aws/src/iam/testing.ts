import type { Iam } from "./index.ts";

const unused = () => {
  throw new Error("A test of one service needs no credentials.");
};

/** IAM that allows everything, for tests of one service alone. */
export const permissiveIam: Iam = {
  service: unused,
  issueCredentials: unused,
  authenticate: unused,
  sessionOf: unused,
  allows: () => true,
  authorize: () => undefined,
};
