import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { consolePages } from "../../local-aws/src/console/index.ts";
import { firstUrl } from "../../local-aws/src/console/settings.ts";
import { createIssuer } from "../../scripts/start/issuer.ts";
import type { LocalAws } from "../../local-aws/src/local-aws.ts";
import { startStack, type STACKS } from "../../local-aws/src/stack.ts";
import { createRecorder, type Recorder } from "../../local-aws/src/trace/recorder.ts";
import { DIST } from "../../scripts/build/index.ts";

/** Where Debian has Chromium, and others Chrome. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/google-chrome"];

/** The path of a Chromium, which `CHROMIUM_PATH` may name; undefined where there is none. */
export const CHROMIUM = [process.env["CHROMIUM_PATH"] ?? PLACES].flat().find(existsSync);

/** One browser for the tests of a file. */
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

/** A local AWS with the console, as `npm start` makes it, for one test. */
export async function startConsole(
  options: { stack?: keyof typeof STACKS; port?: number; recorder?: Recorder } = {},
) {
  const { stack = "open", port = 0, recorder = createRecorder() } = options;
  const issuer = stack === "authenticated" ? await createIssuer() : undefined;
  const pages = consolePages(async () => ({
    url: firstUrl(aws.state, aws.endpoint),
    token: (await issuer?.tokenFor(aws.endpoint, "ada")) ?? null,
  }));
  const aws: LocalAws = await startStack({
    bundles: DIST,
    stack,
    port,
    recorder,
    pages: { ...pages, ...issuer?.pages },
  });
  onTestFinished(() => aws.close());
  return aws;
}

/** The console in a page, which must have nothing to complain about. */
export async function openConsole(
  browser: Browser,
  aws: LocalAws,
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
  // The forms are filled in last of all.
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("#url")?.value !== "");
  return { page, complaints, ...partsOf(page) };
}

/** The page's parts as a person finds them. */
function partsOf(page: Page) {
  const state = page.locator("#state");
  return {
    state,
    frames: page.getByRole("list", { name: "Frames" }),
    messages: page.getByRole("listbox", { name: "Messages" }),
    timeline: page.getByRole("article"),
    sendButton: page.getByRole("button", { name: "Send" }),
    async connect() {
      await page.getByRole("button", { name: "Connect" }).click();
      await page.locator('#state[data-state="open"]').waitFor();
    },
    choose: (action: string) => page.locator(`input[name="action"][value="${action}"]`).check(),
  };
}
