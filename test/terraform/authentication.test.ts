import { describe, expect, test } from "vitest";
import { readStack } from "../../scripts/start/stack.ts";
import { createIssuer } from "../../scripts/start/issuer.ts";
import { variablesOf } from "../../scripts/terraform.ts";
import { connect } from "../e2e/client.ts";
import { APPLY_TIMEOUT, useAppliedStack } from "./applied-stack.ts";
import { because, reasonToSkip } from "./available.ts";

const skipped = await reasonToSkip();
const issuer = await createIssuer();

describe.skipIf(skipped)(`a stack with jwt_issuer${because(skipped)}`, () => {
  const stack = useAppliedStack((endpoint) => variablesOf("authenticated", endpoint), {
    pages: issuer.pages,
  });
  const variables = () => variablesOf("authenticated", stack.local.endpoint);
  const functions = () =>
    Object.keys(stack.local.state.regions["us-east-1"]?.lambda.functions ?? {}).toSorted();

  test("has no changes after the apply", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await stack.application.plan(...variables())).toContain("No changes.");
  });

  test("is what npm start -- --auth begins with: else run npm run snapshot", async () => {
    expect(JSON.parse(stack.local.snapshot())).toEqual(
      JSON.parse(await readStack("authenticated")),
    );
  });

  test("lets in who brings a token, and nobody else", async () => {
    const token = await issuer.tokenFor(stack.local.endpoint, "ada");
    const client = await connect(`${stack.url}?token=${token}`);
    expect(await client.ask({ action: "echo", data: 1 })).toMatchObject({ result: 1 });
    await expect(connect(stack.url)).rejects.toThrow("Unexpected server response: 401");
  });

  test("is open again without it", { timeout: APPLY_TIMEOUT }, async () => {
    expect(functions()).toContain("websocket-lambda-authorizer");
    await stack.application.apply();
    expect(await stack.application.plan()).toContain("No changes.");
    expect(functions()).toEqual([
      "websocket-lambda-processor",
      "websocket-lambda-websocket-handler",
    ]);
    await connect(stack.url);
  });

  test("is closed again with it", { timeout: APPLY_TIMEOUT }, async () => {
    await stack.application.apply(...variables());
    expect(await stack.application.plan(...variables())).toContain("No changes.");
    await expect(connect(stack.url)).rejects.toThrow("Unexpected server response: 401");
  });
});
