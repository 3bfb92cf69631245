/** @module-tag extended */
import type { ApiGatewayV2 } from "@aws-sdk/client-apigatewayv2";
import type { Page } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { createAccount } from "../conformance/account.ts";
import { openConsole, openPage, startConsole, useBrowser } from "./browser.ts";
import { CHROMIUM } from "./chromium.ts";

describe.skipIf(CHROMIUM === undefined)("the console's stages", { timeout: 60_000 }, () => {
  const browser = useBrowser();

  test("a page that was opened before the first API follows what Terraform creates", async () => {
    const { gateway, aws } = await startEmpty();
    const { page, complaints } = await openPage(browser(), aws);
    const { url, stage, routes, message, titles } = partsOf(page);
    const note = page.getByText("There is no stage of a WebSocket API yet.");
    await note.waitFor();
    expect(await message.inputValue()).toBe("hello");

    const chat = await createApi(gateway, "chat", "$request.body.message.type");
    await gateway.createStage({ ApiId: chat, StageName: "production", AutoDeploy: true });
    await routes("chat / production").getByText("none deployed").waitFor();
    expect(await url.inputValue()).toBe(urlOf(aws, chat, "production"));
    expect(await note.isVisible()).toBe(false);
    expect(await stage.isVisible()).toBe(false);

    for (const RouteKey of ["$connect", "send"])
      await gateway.createRoute({ ApiId: chat, RouteKey });
    await routes("chat / production").getByRole("button", { name: "send" }).waitFor();
    expect(await message.inputValue()).toBe('{"message":{"type":"send"}}');
    // No message can select it.
    await routes("chat / production").getByText("$connect").waitFor();
    expect(await routes("chat / production").getByRole("button").count()).toBe(1);

    const shop = await createApi(gateway, "shop", "$request.body.action");
    await expect.poll(titles).toEqual(["chat / production", "shop: no stage"]);
    for (const StageName of ["production", "test"])
      await gateway.createStage({ ApiId: shop, StageName, AutoDeploy: true });
    await expect.poll(titles).toEqual(["chat / production", "shop / production", "shop / test"]);
    expect(await url.inputValue()).toBe(urlOf(aws, chat, "production"));
    await stage.selectOption("shop / test");
    expect(await url.inputValue()).toBe(urlOf(aws, shop, "test"));
    await routes("shop / test").waitFor();

    const other = await createApi(gateway, "chat", "$request.body.action");
    await expect
      .poll(titles)
      .toEqual([
        `chat (${chat}) / production`,
        "shop / production",
        "shop / test",
        `chat (${other}): no stage`,
      ]);
    await gateway.deleteApi({ ApiId: other });
    await gateway.deleteStage({ ApiId: shop, StageName: "test" });
    await expect.poll(() => url.inputValue()).toBe(urlOf(aws, chat, "production"));
    for (const ApiId of [chat, shop]) await gateway.deleteApi({ ApiId });
    await note.waitFor();
    expect(await url.inputValue()).toBe("");
    expect(await page.locator("#routes").isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });

  test("a URL and a message that the user typed stay, and a query keeps the routes", async () => {
    const { gateway, aws, ApiId, production } = await startChat();
    const { page } = await openConsole(browser(), aws);
    const { url, stage, routes, message, titles } = partsOf(page);
    const typed = `${production}?userId=ada`;
    await url.fill(typed);
    await message.fill("typed");
    await gateway.createRoute({ ApiId, RouteKey: "join" });
    await routes("chat / production").getByRole("button", { name: "join" }).waitFor();
    await gateway.createStage({ ApiId, StageName: "test", AutoDeploy: true });
    await expect.poll(titles).toHaveLength(2);
    expect(await stage.inputValue()).toBe(production);

    await gateway.deleteStage({ ApiId, StageName: "production" });
    await expect.poll(titles).toEqual(["another URL", "chat / test"]);
    expect(await url.inputValue()).toBe(typed);
    expect(await message.inputValue()).toBe("typed");
    await url.fill("");
    await gateway.deleteStage({ ApiId, StageName: "test" });
    await expect.poll(titles).toEqual(["another URL", "chat: no stage"]);
    expect(await url.inputValue()).toBe("");
  });

  test("a connection keeps its URL when its stage is deleted, until Disconnect", async () => {
    const { gateway, aws, ApiId, production } = await startChat();
    const { page, connect } = await openConsole(browser(), aws);
    const { url, titles } = partsOf(page);
    await gateway.createStage({ ApiId, StageName: "test", AutoDeploy: true });
    await expect.poll(titles).toHaveLength(2);
    await connect();
    await gateway.deleteStage({ ApiId, StageName: "production" });
    await expect.poll(titles).toEqual(["another URL", "chat / test"]);
    expect(await url.inputValue()).toBe(production);
    await page.getByRole("button", { name: "Disconnect" }).click();
    await expect.poll(() => url.inputValue()).toBe(urlOf(aws, ApiId, "test"));
  });

  test("the choice of another stage closes the connection, and Send connects to the new stage", async () => {
    const { gateway, aws, ApiId } = await startChat();
    const { page, state, connect, sendButton } = await openConsole(browser(), aws);
    const { stage, titles } = partsOf(page);
    await gateway.createStage({ ApiId, StageName: "test", AutoDeploy: true });
    await expect.poll(titles).toHaveLength(2);
    await connect();
    const dialed = page.waitForEvent("websocket");
    await stage.selectOption("chat / test");
    await state.getByText("not connected").waitFor();
    await sendButton.click();
    expect((await dialed).url()).toBe(urlOf(aws, ApiId, "test"));
    await state.getByText("connected", { exact: true }).waitFor();
  });

  test("a route writes a message that selects it", async () => {
    const { gateway, aws, ApiId, Target } = await startChat();
    for (const RouteKey of ["join", "leave"])
      await gateway.createRoute({ ApiId, RouteKey, Target });
    const { page, timeline } = await openConsole(browser(), aws);
    const { routes, message } = partsOf(page);
    const keys = routes("chat / production").getByRole("button");
    await expect.poll(() => keys.allTextContents()).toEqual(["join", "leave", "$default"]);
    for (const [key, text] of [
      ["leave", '{"action":"leave"}'],
      ["$default", "hello"],
    ] as const) {
      await keys.getByText(key, { exact: true }).focus();
      await page.keyboard.press("Enter");
      expect(await message.inputValue()).toBe(text);
      // The button moves the focus to the message.
      await page.keyboard.press("Enter");
      await timeline
        .locator(".line", { hasText: /^route/ })
        .getByText(key, { exact: true })
        .waitFor();
    }
  });

  test("an application with one stage has its forms and no choice of a stage", async () => {
    const { page, choose } = await openConsole(browser(), await startConsole());
    const { stage, message, routes } = partsOf(page);
    const list = routes("websocket-lambda / production");
    expect(await stage.isVisible()).toBe(false);
    expect(await list.isVisible()).toBe(false);
    await choose("raw");
    await list.waitFor();
    expect(JSON.parse(await message.inputValue())).toMatchObject({ action: "echo" });
  });
});

const partsOf = (page: Page) => ({
  url: page.getByRole("textbox", { name: "URL" }),
  stage: page.getByLabel("API and stage"),
  message: page.getByLabel("Message, sent unchanged"),
  routes: (title: string) => page.getByRole("group", { name: `Routes of ${title}`, exact: true }),
  /** The list of stages. */
  titles: () => page.locator("#stage option").allTextContents(),
});

async function startEmpty() {
  const account = createAccount({ console: {} });
  onTestFinished(() => account.close());
  return { account, gateway: account.apigateway, aws: await account.localAws() };
}

/** The API `chat` with a function, the route `$default` and the stage `production`. */
async function startChat() {
  const { account, gateway, aws } = await startEmpty();
  const { FunctionName, FunctionArn } = await account.createFunction();
  await account.lambda.addPermission({
    FunctionName,
    StatementId: "chat",
    Action: "lambda:InvokeFunction",
    Principal: "apigateway.amazonaws.com",
  });
  const ApiId = await createApi(gateway, "chat", "$request.body.action");
  const { IntegrationId } = await gateway.createIntegration({
    ApiId,
    IntegrationType: "AWS_PROXY",
    IntegrationUri: `arn:aws:apigateway:${account.region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`,
  });
  const Target = `integrations/${IntegrationId}`;
  await gateway.createRoute({ ApiId, RouteKey: "$default", Target });
  await gateway.createStage({ ApiId, StageName: "production", AutoDeploy: true });
  return { gateway, aws, ApiId, Target, production: urlOf(aws, ApiId, "production") };
}

async function createApi(gateway: ApiGatewayV2, Name: string, expression: string) {
  const { ApiId = "" } = await gateway.createApi({
    Name,
    ProtocolType: "WEBSOCKET",
    RouteSelectionExpression: expression,
  });
  return ApiId;
}

const urlOf = ({ endpoint }: { endpoint: string }, apiId: string, stage: string) =>
  `${endpoint.replace("http", "ws")}/_aws/execute-api/${apiId}/${stage}`;
