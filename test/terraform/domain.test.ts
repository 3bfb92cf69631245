/** @module-tag extended */
import { describe, expect, test } from "vitest";
import { connect } from "../e2e/client.ts";
import { APPLY_TIMEOUT, useAppliedStack } from "./applied-stack.ts";
import { because, reasonToSkip } from "./available.ts";

const skipped = await reasonToSkip();

const DOMAIN = "chat.example.com";
const variables = [
  `-var=domain_name=${DOMAIN}`,
  "-var=certificate_arn=arn:aws:acm:us-east-1:000000000000:certificate/1234abcd",
  "-var=ip_address_type=dualstack",
];

describe.skipIf(skipped)(`a stack with a domain name${because(skipped)}`, () => {
  const stack = useAppliedStack(() => variables);
  const region = () => stack.local.state.regions["us-east-1"];
  const managementEndpoint = () =>
    region()?.lambda.functions["websocket-lambda-processor"]?.configuration.Environment
      ?.Variables?.["MANAGEMENT_ENDPOINT"];
  const replyTo = async (text: string, url = stack.url, headers: Record<string, string> = {}) => {
    const client = await connect(url, { headers });
    return await client.ask({ action: "uppercase", data: { text } });
  };
  const change = async (changed: string[], ...options: string[]) => {
    expect(await stack.application.apply(...changed, ...options)).toContain("Apply complete!");
    expect(await stack.application.plan(...changed)).toContain("No changes.");
    await stack.refresh();
  };

  test("has no changes after the apply", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await stack.application.plan(...variables)).toContain("No changes.");
  });

  test("replies to clients of the printed URL", async () => {
    expect(stack.url).toMatch(/\/_aws\/execute-api\/chat\.example\.com$/);
    expect(await replyTo("hello")).toMatchObject({ result: "HELLO" });
  });

  test("replies to clients that name the domain in the Host header", async () => {
    const { endpoint } = stack.local;
    const reply = await replyTo("hello", endpoint.replace("http", "ws"), { Host: DOMAIN });
    expect(reply).toMatchObject({ result: "HELLO" });
  });

  test("has IPv6 addresses at the API and at the domain name", () => {
    const { apis = {}, domainNames = {} } = region()?.apigateway ?? {};
    const types = [...Object.values(apis), ...Object.values(domainNames)];
    expect(types.map(({ ipAddressType }) => ipAddressType)).toEqual(["dualstack", "dualstack"]);
  });

  test(
    "keeps replying without the execute-api endpoint, which refuses clients",
    { timeout: APPLY_TIMEOUT },
    async () => {
      const { apiId } = Object.values(region()?.apigateway.apis ?? {})[0] ?? {};
      const generated = stack.url.replace(DOMAIN, `${apiId}/production`);
      expect(managementEndpoint()).toBe(generated.replace("ws", "http"));
      expect(await replyTo("before", generated)).toMatchObject({ result: "BEFORE" });

      await change([...variables, "-var=disable_execute_api_endpoint=true"]);
      expect(managementEndpoint()).toBe(stack.url.replace("ws", "http"));
      expect(await replyTo("after")).toMatchObject({ result: "AFTER" });
      await expect(connect(generated)).rejects.toThrow("Unexpected server response: 403");
    },
  );

  test("can rename its stage, which has a mapping", { timeout: APPLY_TIMEOUT }, async () => {
    await change([...variables, "-var=stage=beta"]);
    expect(await replyTo("renamed")).toMatchObject({ result: "RENAMED" });
  });

  test(
    "has no domain name after the variables are removed",
    { timeout: APPLY_TIMEOUT },
    async () => {
      await change([]);
      expect(region()?.apigateway.domainNames).toEqual({});
      expect(stack.url).toMatch(/\/production$/);
      expect(await replyTo("back")).toMatchObject({ result: "BACK" });
    },
  );

  test("is destroyed completely", { timeout: APPLY_TIMEOUT }, async () => {
    await change(variables);
    await stack.application.destroy(...variables);
    const { apigateway, lambda, logs, sqs } = region() ?? {};
    const { apis, domainNames } = apigateway ?? {};
    expect({ apis, domainNames, ...lambda, ...logs, ...sqs }).toEqual({
      apis: {},
      domainNames: {},
      eventSourceMappings: {},
      functions: {},
      groups: {},
      layers: {},
      queryDefinitions: {},
      queues: {},
    });
  });
});
