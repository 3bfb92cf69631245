import { expect } from "vitest";
import { type Account, refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { createApi, type TestApi } from "./gateway-client.ts";
import { allowing, policy } from "./policies.ts";
import { captured } from "./sources.ts";

const basis = "capture";
const source = captured.integrationRoles;
const fact = "CTL-10";

const INVALID = { name: "BadRequestException", status: 400, message: "Invalid role ARN" };
/** Stands for the caller of a REST API. */
const CALLER = "arn:aws:iam::*:user/*";

/** A role that may invoke the function of an API, with another service or a statement that denies it. */
async function createRole(
  { iam }: Account,
  { functionArn }: TestApi,
  { service = "apigateway.amazonaws.com", denied = false } = {},
): Promise<{ Arn: string; RoleName: string }> {
  const RoleName = uniqueName("role");
  const AssumeRolePolicyDocument = trust(service);
  const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument });
  const invoke = { Action: "lambda:InvokeFunction", Resource: functionArn };
  const denial = denied ? [{ Effect: "Deny", ...invoke }] : [];
  const PolicyDocument = policy({ Effect: "Allow", ...invoke }, ...denial);
  await iam.putRolePolicy({ RoleName, PolicyName: "invoke", PolicyDocument });
  return { Arn: Role?.Arn ?? "", RoleName };
}

const trust = (Service: string) => allowing({ Action: "sts:AssumeRole", Principal: { Service } });

const refusedFrame = expect.stringMatching(/^\{"message": "Internal server error", /);

/** The roles with which API Gateway invokes functions. */
export const gatewayRoles: Behavior[] = [
  {
    behavior:
      "the role of an integration needs the form of a role's ARN, and does not have to exist",
    basis,
    source,
    fact,
    check: async ({ account }) => {
      const { apigateway, id } = account;
      const { integration } = await createApi(account);
      for (const CredentialsArn of ["not-an-arn", CALLER])
        expect(
          await refusalOf(apigateway.createIntegration({ ...integration, CredentialsArn })),
        ).toEqual(INVALID);
      const CredentialsArn = `arn:aws:iam::${id}:role/absent`;
      const created = await apigateway.createIntegration({ ...integration, CredentialsArn });
      expect(created).toMatchObject({ CredentialsArn });
      const without = await apigateway.createIntegration({ ...integration, CredentialsArn: "" });
      expect(without).not.toHaveProperty("CredentialsArn");
    },
  },
  {
    behavior: "UpdateIntegration keeps the role, and an empty ARN removes it",
    basis,
    source,
    fact,
    check: async ({ account }) => {
      const { apigateway, id } = account;
      const { ApiId, integration } = await createApi(account);
      const CredentialsArn = `arn:aws:iam::${id}:role/absent`;
      const input = { ...integration, CredentialsArn };
      const { IntegrationId } = await apigateway.createIntegration(input);
      const update = (changes: object) =>
        apigateway.updateIntegration({ ApiId, IntegrationId, ...changes });
      expect(await update({ Description: "changed" })).toMatchObject({ CredentialsArn });
      expect(await refusalOf(update({ CredentialsArn: CALLER }))).toEqual(INVALID);
      expect(await apigateway.getIntegration({ ApiId, IntegrationId })).toMatchObject({
        CredentialsArn,
        Description: "changed",
      });
      expect(await update({ CredentialsArn: "" })).not.toHaveProperty("CredentialsArn");
    },
  },
  {
    behavior: "a role invokes the function, which needs no permission for API Gateway",
    basis,
    source,
    fact,
    check: async ({ account }) => {
      const api = await createApi(account);
      const { Arn: CredentialsArn } = await createRole(account, api);
      const input = { ...api.integration, CredentialsArn };
      const { IntegrationId } = await account.apigateway.createIntegration(input);
      const { IntegrationId: other } = await account.apigateway.createIntegration(api.integration);
      await api.addRoute("$connect", IntegrationId);
      await api.addRoute("allowed", IntegrationId);
      await api.addRoute("omitted", other);
      await api.deploy();
      using client = await api.connect();
      expect(await client.ask({ action: "allowed" })).toBe('allowed {"action":"allowed"}');
      expect(await client.ask({ action: "omitted" })).toEqual(refusedFrame);
    },
  },
  {
    behavior:
      "with a role that may not invoke the function, its permission for API Gateway has no effect",
    basis,
    source,
    fact,
    check: async ({ account }) => {
      const { apigateway, id } = account;
      const api = await createApi(account);
      await api.permit();
      const denying = await createRole(account, api, { denied: true });
      const untrusted = await createRole(account, api, { service: "lambda.amazonaws.com" });
      const arns = { denied: denying.Arn, untrusted: untrusted.Arn };
      const absent = `arn:aws:iam::${id}:role/absent`;
      for (const [routeKey, CredentialsArn] of Object.entries({ ...arns, absent })) {
        const input = { ...api.integration, CredentialsArn };
        const { IntegrationId } = await apigateway.createIntegration(input);
        await api.addRoute(routeKey, IntegrationId);
      }
      await api.deploy();
      using client = await api.connect();
      for (const action of ["denied", "untrusted", "absent"])
        expect(await client.ask({ action })).toEqual(refusedFrame);
      const AssumeRolePolicyDocument = trust("apigateway.amazonaws.com");
      const { RoleName } = untrusted;
      await account.iam.updateAssumeRolePolicy({
        RoleName,
        PolicyDocument: AssumeRolePolicyDocument,
      });
      expect(await client.ask({ action: "untrusted" })).toBe('untrusted {"action":"untrusted"}');
    },
  },
  {
    behavior: "$connect fails with 500 if the role may not invoke the function",
    basis,
    source,
    fact,
    check: async ({ account }) => {
      const api = await createApi(account);
      const { Arn: CredentialsArn } = await createRole(account, api, { denied: true });
      const input = { ...api.integration, CredentialsArn };
      const { IntegrationId } = await account.apigateway.createIntegration(input);
      await api.addRoute("$connect", IntegrationId);
      await api.deploy();
      expect(await api.status()).toBe(500);
    },
  },
  {
    behavior:
      "a change of the role takes effect with the next deployment, also on open connections",
    basis,
    source,
    fact: "CTL-12",
    check: async ({ account }) => {
      const api = await createApi(account);
      const { ApiId } = api;
      const allowed = await createRole(account, api);
      const denied = await createRole(account, api, { denied: true });
      const input = { ...api.integration, CredentialsArn: allowed.Arn };
      const { IntegrationId } = await account.apigateway.createIntegration(input);
      await api.addRoute("$connect", IntegrationId);
      await api.addRoute("act", IntegrationId);
      await api.deploy();
      using client = await api.connect();
      await account.apigateway.updateIntegration({
        ApiId,
        IntegrationId,
        CredentialsArn: denied.Arn,
      });
      expect(await client.ask({ action: "act" })).toBe('act {"action":"act"}');
      expect(await api.status()).toBe(101);
      await api.deploy();
      expect(await client.ask({ action: "act" })).toEqual(refusedFrame);
      expect(await api.status()).toBe(500);
    },
  },
];
