import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";

import { consoleOptions, documentPages } from "../../scripts/start/console.ts";
import { createIssuer } from "../../scripts/start/issuer.ts";
import { CHROMIUM } from "./chromium.ts";
import type { StackOptions } from "../local-stack.ts";
import { startTestStack, type TestStack } from "../test-stack.ts";

/** Starts one browser for the tests of a file. */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (CHROMIUM !== undefined) browser = await chromium.launch({ executablePath: CHROMIUM });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });
  return () => {
    if (browser === undefined) throw new Error("There is no browser.");
    return browser;
  };
}

/** Starts a local AWS with the console of `npm start`, for one test. */
export async function startConsole(options: StackOptions = {}): Promise<TestStack> {
  const issuer = options.stack === "authenticated" ? await createIssuer() : undefined;
  const pages = { ...documentPages, ...issuer?.pages };
  const aws = await startTestStack({ console: consoleOptions({ issuer }), pages, ...options });
  onTestFinished(() => aws.close());
  return aws;
}

/** Opens the console, and waits until it has the URL of a stage. The page must not log errors. */
export async function openConsole(
  browser: Browser,
  aws: { endpoint: string },
  options: BrowserContextOptions = {},
) {
  const opened = await openPage(browser, aws, options);
  // The forms appear before the URL.
  await opened.page.waitForFunction(
    () => document.querySelector<HTMLInputElement>("#url")?.value !== "",
  );
  return opened;
}

/** Opens the console like `openConsole`, for a local AWS that may have no stage. */
export async function openPage(
  browser: Browser,
  aws: { endpoint: string },
  options: BrowserContextOptions = {},
) {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(`${aws.endpoint}/`);
  return { page, complaints, ...partsOf(page) };
}

/** Locators of the parts of the page, by their accessible names. */
function partsOf(page: Page) {
  const state = page.locator("#state");
  return {
    state,
    frames: page.getByRole("list", { name: "This connection" }),
    messages: page.getByRole("listbox", { name: "All traffic" }),
    timeline: page.getByRole("article"),
    sendButton: page.getByRole("button", { name: "Send" }),
    async connect() {
      await page.getByRole("button", { name: "Connect" }).click();
      await page.locator('#state[data-state="open"]').waitFor();
    },
    /** @param message the name of a form, or `raw`. */
    choose: (message: string) =>
      page.locator(`input[name="message"][value="${message === "raw" ? "" : message}"]`).check(),
  };
}
