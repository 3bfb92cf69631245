/**
 * Creates the README's pictures of the console, `docs/console-light.png` and `docs/console-dark.png`:
 * `npx node test/console/screenshot.ts`. Needs a Chromium.
 */
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { consoleOptions } from "../../scripts/start/console.ts";
import { startLocalStack } from "../local-stack.ts";
import { buildFunctions } from "../../scripts/build/index.ts";
import { CHROMIUM } from "./chromium.ts";

const directory = join(import.meta.dirname, "..", "..", "docs");

if (CHROMIUM === undefined)
  throw new Error("Chromium is not installed. Install it, or set CHROMIUM_PATH to its path.");
await buildFunctions();
const aws = await startLocalStack({ console: consoleOptions() });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
try {
  const viewport = { width: 1280, height: 700 };
  const page = await browser.newPage({ viewport, colorScheme: "light" });
  await page.goto(`${aws.endpoint}/`);
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("#url")?.value !== "");
  for (const action of ["uppercase", "timestamp", "reverse"]) await send(page, action);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(directory, `console-${colorScheme}.png`) });
  }
} finally {
  await browser.close();
  await aws.close();
}

/** Sends the initial message in the form of an action, and waits for the complete timeline. */
async function send(page: Page, action: string): Promise<void> {
  await page.locator(`input[name="message"][value="${action}"]`).check();
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("option", { name: action }).getByText("succeeded").waitFor();
  await page.getByRole("article").getByText(`"status":"success"`).first().waitFor();
}
