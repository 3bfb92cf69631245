/** @module-tag extended */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../clock.ts";
import { createAwsServer } from "../server/server.ts";
import { aws, awsCliVersion } from "../protocols/testing-aws-cli.ts";
import { emptyState } from "../state.ts";
import { createSts } from "../sts/index.ts";
import { createIam } from "./index.ts";

describe.skipIf(awsCliVersion === undefined)("the AWS CLI (skipped if it is not installed)", () => {
  const state = emptyState();
  const iam = createIam({ state, clock: systemClock });
  const sts = createSts({ state });
  const server = createAwsServer({ iam, services: { iam: iam.service, sts: sts.service } });
  let endpoint: string;

  beforeAll(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    endpoint = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await once(server.close(), "close");
  });

  const json = async (...args: string[]): Promise<unknown> =>
    JSON.parse(await aws(endpoint, ...args, "--output", "json"));
  const role = ["--role-name", "worker"];
  const trustPolicy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: "lambda.amazonaws.com" },
      },
    ],
  };
  const policy = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "logs:*", Resource: "*" }],
  };

  it("gets its identity", async () => {
    expect(await json("sts", "get-caller-identity")).toEqual({
      UserId: "000000000000",
      Account: "000000000000",
      Arn: "arn:aws:iam::000000000000:root",
    });
  });

  it("creates a role with a policy, reads both and deletes them", async () => {
    const trust = JSON.stringify(trustPolicy);
    await json("iam", "create-role", ...role, "--assume-role-policy-document", trust);
    expect(await json("iam", "get-role", ...role)).toMatchObject({
      Role: { RoleName: "worker", Path: "/", AssumeRolePolicyDocument: trustPolicy },
    });
    expect(await json("iam", "list-roles")).toMatchObject({ Roles: [{ RoleName: "worker" }] });

    const name = [...role, "--policy-name", "logs"];
    const document = ["--policy-document", JSON.stringify(policy)];
    await aws(endpoint, "iam", "put-role-policy", ...name, ...document);
    expect(await json("iam", "get-role-policy", ...name)).toEqual({
      RoleName: "worker",
      PolicyName: "logs",
      PolicyDocument: policy,
    });

    await expect(aws(endpoint, "iam", "delete-role", ...role)).rejects.toThrow(
      "(DeleteConflict) when calling the DeleteRole operation: Cannot delete entity",
    );
    await aws(endpoint, "iam", "delete-role-policy", ...name);
    await aws(endpoint, "iam", "delete-role", ...role);
    await expect(aws(endpoint, "iam", "get-role", ...role)).rejects.toThrow("NoSuchEntity");
  });

  it("prints the error for an operation that is not implemented", async () => {
    await expect(aws(endpoint, "iam", "list-users")).rejects.toThrow(
      "(NotImplemented) when calling the ListUsers operation: The local AWS does not implement iam:ListUsers.",
    );
  });
});
