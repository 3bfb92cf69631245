import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import type { HookEvent } from "@websocket-lambda/local-aws";
import { createRecorder, type Recorder } from "@websocket-lambda/local-aws/testing";
import { connect } from "../e2e/client.ts";
import { createStackMapper } from "../../scripts/build/map-stack.ts";
import { consoleOptions } from "../../scripts/start/console.ts";
import { buildProcessorWith, bundleProcessorWith } from "../extra-actions.ts";
import { belowContrast, colorsOf } from "./colors.ts";
import { openConsole, startConsole, useBrowser } from "./browser.ts";
import { CHROMIUM } from "./chromium.ts";
import { startGate } from "../gate.ts";

describe.skipIf(CHROMIUM === undefined)("the console in Chromium", { timeout: 60_000 }, () => {
  const browser = useBrowser();

  test("each of the four actions is sent with one click, and each reply has its timeline", async () => {
    const { complaints, connect, choose, sendButton, frames, messages, timeline } =
      await openConsole(browser(), await startConsole());
    await connect();
    const results = {
      uppercase: '"HELLO"',
      reverse: '"olleh"',
      echo: '{"any":["thing"]}',
      timestamp: '"20',
    };
    for (const [action, result] of Object.entries(results)) {
      await choose(action);
      await sendButton.click();
      await repliesIn(frames).filter({ hasText: action }).getByText(result).waitFor();
      await messages.getByRole("option", { name: action }).waitFor();
    }
    await timeline.getByText("succeeded").waitFor();
    // The function of the newest message is warm, so its event is in the queue only briefly.
    await messages.getByRole("option").first().click();
    await timeline.getByText('"action":"timestamp"').first().waitFor();
    const steps = await stepsOf(timeline);
    const names = ["frame in", "route", "API Gateway", "websocket-handler", "Invoke 202", "queue"];
    for (const name of [...names, "processor", "PostToConnection 200", "frame out"])
      expect(steps.get(name)).toMatch(/^[\d.]+ ms$/);
    expect(await messages.getByRole("option", { name: "cold" }).count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });

  test("a click on the bar of a function shows its log", async () => {
    const { page, connect, sendButton, timeline } = await openConsole(
      browser(),
      await startConsole(),
    );
    await connect();
    await sendButton.click();
    await timeline.getByText("frame out", { exact: true }).waitFor();
    const logs = timeline.locator(".logs").last();
    await logs.locator("summary").click();
    await logs.getByText('"event":"reply posted"').waitFor();
    expect(await page.locator("details[open]").count()).toBe(1);
  });

  test(
    "a new event of the open message keeps the scroll position and the selection",
    { tags: ["extended"] },
    async () => {
      const recorder = createRecorder();
      const { page, timeline } = await openConsole(browser(), await startConsole({ recorder }));
      const { record, log } = beginMessage(recorder, "1-a");
      const invocation = { functionName: "handler", requestId: "i" };
      record({ type: "environment", invocation, environment: "e", start: "warm" });
      record({ type: "function-start", invocation });
      log("first");
      const summary = timeline.locator(".logs summary");
      await summary.focus();
      // A newer message does not replace the open one.
      expect(await page.getByLabel("follow newest").isChecked()).toBe(false);
      await page.keyboard.press("Enter");
      await timeline.getByText("first").selectText();

      log("second");
      record({ type: "invoke-start", functionName: "processor" });
      await timeline.getByText("Invoke").waitFor();
      await timeline.getByText("second").waitFor();
      expect(await summary.evaluate((node) => node === document.activeElement)).toBe(true);
      expect(await page.evaluate(() => String(getSelection()))).toBe("first");
    },
  );

  test(
    "long texts can be read completely with only the keyboard",
    { tags: ["extended"] },
    async () => {
      const { page, connect, choose, sendButton, frames, timeline } = await openConsole(
        browser(),
        await startConsole(),
      );
      await connect();
      await choose("echo");
      const long = `${"long ".repeat(60)}end`;
      await page.locator("#echo-data").fill(JSON.stringify(long));
      await sendButton.click();
      await repliesIn(frames).first().waitFor();
      await timeline.getByText("frame out", { exact: true }).waitFor();
      for (const list of [frames.getByRole("listitem").first(), timeline.locator(".fold").last()]) {
        const whole = list.locator("pre, .whole").getByText(long);
        expect(await whole.isVisible()).toBe(false);
        await list.locator("summary").focus();
        await page.keyboard.press("Enter");
        await whole.waitFor();
      }
    },
  );

  test("a crash is shown as a crash, and counted as a dead letter", async () => {
    const aws = await startConsole();
    aws.replaceCode("processor", "exports.handler = async () => process.exit(3)");
    const { page, sendButton, frames, timeline } = await openConsole(browser(), aws);
    // Without a connection, Send opens one.
    await sendButton.click();
    await repliesIn(frames).getByText('"code":"PROCESSING_FAILED"').first().waitFor();
    await timeline.locator(".note", { hasText: "processor: Runtime.ExitError" }).waitFor();
    await page.locator("#overview div", { hasText: "dead letters" }).getByText("1").waitFor();
    expect(await timeline.locator(".bar[data-failed]").count()).toBe(1);
  });

  test("a failed message shows its error and the line in the sources, without a click", async () => {
    const directory = await temporaryDirectory();
    const module = join(import.meta.dirname, "..", "failing-actions.ts");
    const aws = await startConsole({ mapStack: createStackMapper(directory) });
    const zip = await buildProcessorWith(module, directory);
    aws.updateFunctionCode("websocket-lambda-processor", zip);
    const { page, choose, sendButton, messages, timeline } = await openConsole(browser(), aws);
    await choose("raw");
    await page.locator("#raw").fill('{"action":"throws","data":{},"requestId":"mine"}');
    await sendButton.click();
    const row = messages.getByRole("option", { name: "failed" });
    await row.getByText("TypeError: planted").waitFor();
    const position = /test\/failing-actions\.ts:8:9$/;
    await row.getByText(position).waitFor();
    for (const column of ["throws", "mine", "{}"])
      await row.getByText(column, { exact: true }).waitFor();
    const failure = timeline.locator(".failure");
    await failure.waitFor();
    expect(await failure.textContent()).toMatch(
      /^processor: TypeError: planted\n +at .*test\/failing-actions\.ts:8:9\)\n(?: +at .*functions\/processor\/.*\n)+ +… \d+ library frames$/,
    );
    const log = timeline.locator(".logs", { hasText: "planted" });
    await log.locator("summary").click();
    await log.getByText(/TypeError: planted\s+at .*failing-actions\.ts:8:9/).waitFor();
  });

  test("Send selects its message, and a reader of an older message sees how many are newer", async () => {
    const recorder = createRecorder();
    const aws = await startConsole({ recorder });
    const { page, connect, sendButton, messages, timeline } = await openConsole(browser(), aws);
    beginMessage(recorder, "1-old").record({ type: "handled", status: 200 });
    await messages.getByRole("option", { name: "1-old" }).click();
    const newer = page.getByRole("button", { name: "newer" });
    await newer.waitFor({ state: "detached" });
    beginMessage(recorder, "1-a");
    beginMessage(recorder, "1-b");
    await newer.getByText("↑ 2 newer").waitFor();
    const selected = messages.locator('[aria-selected="true"]');
    expect(await selected.textContent()).toContain("1-old");
    await newer.click();
    await timeline.getByText("1-b").first().waitFor();
    expect(await newer.isVisible()).toBe(false);

    await connect();
    await messages.getByRole("option", { name: "1-old" }).click();
    await sendButton.click();
    await selected.getByText("echo").waitFor();
    expect(await page.getByLabel("follow newest").isChecked()).toBe(false);
    beginMessage(recorder, "1-c");
    await newer.getByText("↑ 1 newer").waitFor();
    expect(await selected.textContent()).toContain("echo");
  });

  test(
    "the URL, the command for wscat and a frame can be copied",
    { tags: ["extended"] },
    async () => {
      const aws = await startConsole({ stack: "authenticated" });
      const { page, connect, sendButton, frames } = await openConsole(browser(), aws, {
        permissions: ["clipboard-read", "clipboard-write"],
      });
      const copy = async (name: string) => {
        const button = page.getByRole("button", { name });
        await button.click();
        await button.getByText("Copied").waitFor();
        return await page.evaluate(() => navigator.clipboard.readText());
      };
      const token = await page.getByLabel("Token").inputValue();
      expect(await copy("Copy the URL")).toBe(aws.url);
      expect(await copy("Copy the command for wscat")).toBe(
        `npx wscat -c '${aws.url}' -s 'websocket-lambda' -s '${token}'`,
      );
      await connect();
      await sendButton.click();
      await repliesIn(frames).click();
      await frames.getByText('"status": "success"').waitFor();
      expect(JSON.parse(await copy("Copy the frame"))).toMatchObject({ status: "success" });
    },
  );

  test("dead letters can be read, sent again and deleted", async () => {
    const aws = await startConsole();
    aws.replaceCode("processor", "exports.handler = async () => { throw new Error('planted'); }");
    const { page, complaints, connect, sendButton } = await openConsole(browser(), aws);
    await connect();
    const open = page.getByRole("button", { name: "Open the dead letters" });
    for (const count of ["1", "2"]) {
      await sendButton.click();
      await open.getByText(count).waitFor();
    }
    await open.click();
    const dialog = page.getByRole("dialog", { name: "Dead letters" });
    const letters = dialog.getByRole("listitem");
    await letters.first().getByText('"action": "echo"').waitFor();
    expect(await letters.count()).toBe(2);
    expect(await letters.first().textContent()).toContain("planted");

    aws.replaceCode("processor", "exports.handler = async (job) => console.info(job)");
    await letters.first().getByRole("button", { name: "Send again" }).click();
    await dialog.getByText("Sent again.").waitFor();
    await aws.logs.line(({ content }) => content["action"] === "echo");
    expect(await letters.count()).toBe(1);
    await dialog.getByRole("button", { name: "Delete all" }).click();
    await dialog.getByText("Deleted all.").waitFor();
    expect(await letters.count()).toBe(0);
    await page.keyboard.press("Escape");
    await open.waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
  });

  test("a failed build is shown for as long as it fails", async () => {
    let problem: string | undefined = "functions/a.ts:1:2: Expected identifier\nBuild failed.";
    const notice = () => problem;
    const { page } = await openConsole(
      browser(),
      await startConsole({ console: consoleOptions({ notice }) }),
    );
    const banner = page.getByRole("status").getByText("functions/a.ts:1:2: Expected identifier");
    await banner.waitFor();
    problem = undefined;
    await page.locator("#notice").waitFor({ state: "hidden" });
    expect(await banner.count()).toBe(0);
  });

  test(
    "a first visit has a hint and links to the documentation",
    { tags: ["extended"] },
    async () => {
      const { page, complaints } = await openConsole(browser(), await startConsole());
      await page.locator("#empty").getByText("No messages yet.").waitFor();
      const opened = page.waitForEvent("popup");
      await page.getByRole("link", { name: "Protocol" }).click();
      const document = await opened;
      await document.getByText("# Message protocol").waitFor();
      expect(complaints).toEqual([]);
    },
  );

  test("a stream is one row that grows until the reply, and marks on the timeline", async () => {
    const aws = await startConsole();
    const action = join(import.meta.dirname, "..", "gated-action.ts");
    aws.replaceCode("processor", await bundleProcessorWith(action));
    const gate = await startGate();
    const { page, complaints, choose, sendButton, frames, messages, timeline } = await openConsole(
      browser(),
      aws,
    );
    await choose("raw");
    const send = async (request: object) => {
      await page.locator("#raw").fill(JSON.stringify(request));
      await sendButton.click();
    };
    const data = { from: 100, stops: [0, 3, 100], gate: gate.url };
    await send({ action: "countdown", data, requestId: "mine" });
    const message = messages.getByRole("option", { name: "countdown" });
    await message.waitFor();
    await send({ action: "ping", requestId: "other" });
    await repliesIn(frames).filter({ hasText: "ping" }).waitFor();
    await messages.locator('[aria-selected="true"]', { hasText: "ping" }).waitFor();
    await message.click();
    (await gate.arrival())();

    const rows = frames.locator("> li");
    const [ofPing, stream, request] = [rows.first(), rows.nth(2), rows.nth(3)];
    const ticks = timeline.locator(".tick");
    for (const count of [3, 100]) {
      await frames.getByText(`${count} progress frames`, { exact: true }).waitFor();
      await message.locator(".badge", { hasText: `↓${count}` }).waitFor();
      await timeline.getByText(`${count} progress frames`).waitFor();
      expect(await rows.count()).toBe(4);
      expect(await ofPing.textContent()).toContain("ping");
      expect(await stream.textContent()).toContain(`{"left":${101 - count}}`);
      expect(await request.textContent()).toContain('"stops"');
      expect(await ticks.count()).toBe(count);
      expect(await timeline.locator(".status").textContent()).toBe("in progress");
      expect(await message.locator(".duration").textContent()).toBe("…");
      (await gate.arrival())();
    }

    await frames.getByText('"lift-off"').first().waitFor();
    await timeline.getByText("succeeded").waitFor();
    expect(await rows.count()).toBe(5);
    const steps = await stepsOf(timeline);
    for (const name of ["100 progress frames", "frame out", "PostToConnection 200"])
      expect(steps.get(name)).toMatch(/^[\d.]+ m?s$/);
    // That of the reply.
    expect(await timeline.locator('.bar[data-kind="post"]').count()).toBe(1);
    await timeline.locator(".fact", { hasText: /^first progress[\d.]+ m?s$/ }).waitFor();

    for (const list of [rows.nth(3), timeline.locator(".fold", { hasText: "100 progress" })]) {
      const lines = list.locator(".progress-list > li");
      expect(await lines.first().isVisible()).toBe(false);
      await list.locator("summary").focus();
      await page.keyboard.press("Enter");
      await lines.first().waitFor();
      expect(await lines.count()).toBe(100);
      expect(await lines.first().textContent()).toMatch(/^\+?[\d.]+ m?s.*"left":100}/);
      expect(await lines.last().textContent()).toContain('"left":1}');
    }
    expect(complaints).toEqual([]);
  });

  test(
    "raw text is sent unchanged, and markup in it is shown as text",
    { tags: ["extended"] },
    async () => {
      const { page, complaints, connect, choose, sendButton, frames, timeline } = await openConsole(
        browser(),
        await startConsole(),
      );
      await connect();
      await choose("raw");
      const evil = '<img src=x onerror="document.title=1"> is no JSON';
      await page.locator("#raw").fill(evil);
      await sendButton.click();
      await repliesIn(frames).filter({ hasText: "INVALID_JSON" }).waitFor();
      await timeline.getByText(evil).first().waitFor();
      await timeline.getByText("rejected", { exact: true }).waitFor();
      expect(await page.locator("img").count()).toBe(0);
      expect(await page.title()).toBe("WebSocket Lambda");
      expect(complaints).toEqual([]);
    },
  );

  test(
    "invalid JSON is not sent, and the page shows the reason",
    { tags: ["extended"] },
    async () => {
      const { page, connect, choose, sendButton, frames } = await openConsole(
        browser(),
        await startConsole(),
      );
      await connect();
      await choose("echo");
      await page.locator("#echo-data").fill("{");
      await sendButton.click();
      await page.getByText(/^Invalid JSON/).waitFor();
      expect(await frames.getByRole("listitem").count()).toBe(0);
    },
  );

  test("everything works with only the keyboard", { tags: ["extended"] }, async () => {
    const { page, frames, messages } = await openConsole(browser(), await startConsole());
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator('#state[data-state="open"]').waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.id ?? "");
    const tabTo = async (id: string) => {
      for (let tabs = 0; tabs < 20 && (await focused()) !== id; tabs += 1)
        await page.keyboard.press("Tab");
      expect(await focused()).toBe(id);
    };
    await tabTo("choice-echo");
    for (let choices = 0; choices < 3; choices += 1) await page.keyboard.press("ArrowRight");
    expect(await focused()).toBe("choice-uppercase");
    await tabTo("uppercase-data-text");
    for (const word of ["first", "second"]) {
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type(word);
      await page.keyboard.press("Enter");
      await repliesIn(frames).getByText(`"${word.toUpperCase()}"`).first().waitFor();
      await messages.getByText(word).waitFor();
    }
    await tabTo("list");
    const selected = () => messages.locator('[aria-selected="true"]').textContent();
    await page.keyboard.press("Home");
    expect(await selected()).toContain("second");
    await page.keyboard.press("ArrowDown");
    expect(await selected()).toContain("first");
    await page.keyboard.press("End");
    expect(await selected()).toContain("connect");
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement!).outlineStyle,
    );
    expect(outline).toBe("solid");
  });

  test("the filter shows only messages that contain its text", { tags: ["extended"] }, async () => {
    const { page, connect, choose, sendButton, frames, messages } = await openConsole(
      browser(),
      await startConsole(),
    );
    await connect();
    for (const action of ["reverse", "timestamp"]) {
      await choose(action);
      await sendButton.click();
      await repliesIn(frames).filter({ hasText: action }).waitFor();
    }
    await messages.getByText("timestamp").waitFor();
    await page.getByLabel("Filter messages").fill("olleh");
    await expect.poll(() => messages.getByRole("option").count()).toBe(1);
    expect(await messages.getByRole("option").textContent()).toContain("reverse");
    await page.getByLabel("Filter messages").fill("nothing like it");
    await page.getByText('No message matches "nothing like it".').waitFor();
    await page.getByLabel("Filter messages").fill("");
    await page.getByText("No message matches").waitFor({ state: "hidden" });
  });

  test.for([1280, 420])(
    "at a width of %i px everything has its place",
    { tags: ["extended"] },
    async (width) => {
      const aws = await startConsole();
      const viewport = { width, height: 800 };
      const { page, connect, sendButton, timeline } = await openConsole(browser(), aws, {
        viewport,
      });
      const widthOf = async (selector: string) =>
        (await page.locator(selector).boundingBox())?.width;
      const section = await widthOf(".messages");
      // With an empty list, and with messages.
      expect(await widthOf("#empty")).toBe(section);
      expect(await widthOf("#timeline")).toBe(section);
      await connect();
      await sendButton.click();
      await timeline.getByText("frame out", { exact: true }).waitFor();
      expect(await widthOf("#list")).toBe(section);
      const cut = await page.evaluate(() => {
        const labels = [...document.querySelectorAll(".label, button, h2, dt")];
        const isCut = ({ scrollWidth, clientWidth }: Element) => scrollWidth > clientWidth;
        return [document.documentElement, ...labels].filter(isCut).map((each) => each.textContent);
      });
      expect(cut).toEqual([]);
    },
  );

  test("the times on the ruler do not overlap", { tags: ["extended"] }, async () => {
    const time = { now: 0 };
    const recorder = createRecorder({ now: () => time.now });
    const { timeline } = await openConsole(browser(), await startConsole({ recorder }));
    const { record } = beginMessage(recorder, "1-a");
    time.now = 91;
    record({ type: "handled", status: 200 });
    const ticks = timeline.locator(".ruler .track span");
    await ticks.getByText("90 ms").waitFor();
    const boxes = await ticks.evaluateAll((all) => all.map((tick) => tick.getBoundingClientRect()));
    const overlaps = boxes.filter(({ left }, index) => left < (boxes[index - 1]?.right ?? 0));
    expect(boxes.length).toBe(10);
    expect(overlaps).toEqual([]);
  });

  test("light and dark differ", { tags: ["extended"] }, async () => {
    const aws = await startConsole();
    const grounds = new Set<string>();
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await openConsole(browser(), aws, { colorScheme });
      grounds.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    }
    expect(grounds.size).toBe(2);
  });

  test.for(["light", "dark"] as const)(
    "texts, fields and the selected message stand out from their ground when it is %s",
    { tags: ["extended"] },
    async (colorScheme) => {
      const aws = await startConsole();
      const { recorder } = aws;
      const { page, connect, choose, sendButton, frames, messages, timeline } = await openConsole(
        browser(),
        aws,
        { colorScheme },
      );
      await connect();
      await choose("raw");
      await page.locator("#raw").fill("no JSON");
      await sendButton.click();
      await repliesIn(frames).filter({ hasText: "INVALID_JSON" }).waitFor();
      await choose("echo");
      await page.locator("#echo-data").fill("{");
      await sendButton.click();
      await page.getByText(/^Invalid JSON/).waitFor();
      beginOneOfEachStatus(recorder);
      for (const status of [
        "succeeded",
        "rejected",
        "refused",
        "failed",
        "client gone",
        "in progress",
      ])
        await messages.getByText(status, { exact: true }).first().waitFor();

      const rows = await messages.getByRole("option").all();
      const looks: Awaited<ReturnType<typeof colorsOf>>[] = [];
      for (const row of rows) {
        await row.hover();
        looks.push(await colorsOf(page));
        await row.click();
        await timeline.locator("details").evaluateAll((all) => {
          for (const details of all) details.setAttribute("open", "");
        });
        await timeline.locator(".line").nth(1).hover();
        looks.push(await colorsOf(page));
      }
      // WCAG 2.2, level AA: 1.4.3 for texts, 1.4.11 for controls and their state.
      const texts = looks.flatMap((look) => look.texts);
      const marks = looks.flatMap((look) => look.marks);
      expect(belowContrast(texts, 4.5)).toEqual([]);
      expect(belowContrast(marks, 3)).toEqual([]);
      // Nothing is left out.
      expect(texts.length).toBeGreaterThan(100 * rows.length);
      expect(marks.filter(({ of }) => of.startsWith("DIV message-")).length).toBeGreaterThan(
        2 * rows.length,
      );
    },
  );

  test(
    "an invalid URL is reported at once, by each button that uses it",
    { tags: ["extended"] },
    async () => {
      const { page, state, sendButton } = await openConsole(browser(), await startConsole());
      const hint = page.getByRole("status").getByText("Invalid URL. A WebSocket URL starts with");
      for (const button of [page.getByRole("button", { name: "Connect" }), sendButton])
        for (const url of ["", "localhost:4566"]) {
          await page.getByRole("textbox", { name: "URL" }).fill("ws://localhost:1");
          await page.getByRole("button", { name: "Connect" }).click();
          await page.getByRole("button", { name: "Disconnect" }).click();
          await hint.waitFor({ state: "detached" });
          await page.getByRole("textbox", { name: "URL" }).fill(url);
          await button.click();
          await hint.waitFor();
          expect(await state.textContent()).toBe("not connected");
        }
    },
  );

  test(
    "a URL or subprotocol that the browser refuses is reported too",
    { tags: ["extended"] },
    async () => {
      const { page, state } = await openConsole(browser(), await startConsole());
      // The client already offers a subprotocol with this name.
      await page.getByLabel("Token").fill("websocket-lambda");
      await page.getByRole("button", { name: "Connect" }).click();
      await page.getByText(/Could not connect\..*duplicated/).waitFor();
      expect(await state.textContent()).toBe("connection failed, retrying…");
    },
  );

  test(
    "if no server listens, the page shows that the connection failed, and a hint",
    { tags: ["extended"] },
    async () => {
      const { page, state } = await openConsole(browser(), await startConsole());
      await page.getByRole("textbox", { name: "URL" }).fill("ws://localhost:1");
      await page.getByRole("button", { name: "Connect" }).click();
      await state.getByText("connection failed, retrying…").waitFor();
      await page.getByText("Check the URL").waitFor();
      await page.getByRole("button", { name: "Disconnect" }).click();
      await page.getByText("Check the URL").waitFor({ state: "detached" });
      expect(await state.textContent()).toBe("not connected");
    },
  );

  test("a message that waits for its connection is marked, and Disconnect drops it", async () => {
    const { page, sendButton } = await openConsole(browser(), await startConsole());
    await page.getByRole("textbox", { name: "URL" }).fill("ws://localhost:1");
    await sendButton.click();
    await page.getByText("The message is sent when the connection opens.").waitFor();
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("The connection was closed.").waitFor();
    expect(await page.getByText("The message is sent when").count()).toBe(0);
  });

  test(
    "the user can enter a token if the local AWS has none for the stack",
    { tags: ["extended"] },
    async () => {
      const aws = await startConsole({ stack: "authenticated" });
      const { page, connect, sendButton, frames } = await openConsole(browser(), aws);
      const token = await page.getByLabel("Token").inputValue();
      await page.route("**/_local/console/settings", async (route) => {
        const settings = await (await route.fetch()).json();
        await route.fulfill({ json: { ...settings, token: null } });
      });
      await page.reload();
      await page.waitForFunction(() => document.querySelector<HTMLInputElement>("#url")?.value);
      expect(await page.getByLabel("Token").inputValue()).toBe("");
      await page.getByLabel("Token").fill(token);
      await connect();
      await sendButton.click();
      await repliesIn(frames).getByText('{"any":["thing"]}').waitFor();
    },
  );

  test("the field has a token for a stack that requires one, and an invalid token is refused", async () => {
    const { page, state, connect, sendButton, frames } = await openConsole(
      browser(),
      await startConsole({ stack: "authenticated" }),
    );
    expect(await page.getByLabel("Token").inputValue()).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+$/);
    await connect();
    await sendButton.click();
    await repliesIn(frames).getByText('{"any":["thing"]}').waitFor();
    await page.getByRole("button", { name: "Disconnect" }).click();
    await state.getByText("not connected").waitFor();
    await page.getByLabel("Token").fill("wrong");
    await page.getByRole("button", { name: "Connect" }).click();
    await page.locator('#state[data-state="waiting"]').waitFor();
    await page.locator("#list").getByText("refused").first().waitFor();
    await page.getByText(/^The connection was refused: 403 /).waitFor();
    await page.locator("#list .problem").getByText(/^403 /).first().waitFor();
  });

  test(
    "a dropped connection is opened again, and the trace continues",
    { tags: ["extended"] },
    async () => {
      const first = await startConsole();
      const {
        page,
        connect: open,
        sendButton,
        frames,
        messages,
      } = await openConsole(browser(), first);
      await open();
      const port = Number(new URL(first.endpoint).port);
      await first.close();
      await page.locator('#state[data-state="waiting"]').waitFor();
      const silence = page.getByRole("status").getByText("Is it still running?");
      await silence.waitFor();
      await startConsole({ port });
      await page.locator('#state[data-state="open"]').waitFor({ timeout: 40_000 });
      await silence.waitFor({ state: "detached" });
      await sendButton.click();
      await repliesIn(frames).getByText('{"any":["thing"]}').waitFor();
      await messages.getByText("echo", { exact: true }).waitFor();
      expect(await page.locator("#state").textContent()).toBe("connected");
    },
  );

  test("100 messages per second do not freeze the page", { tags: ["extended"] }, async () => {
    const aws = await startConsole();
    const { page } = await openConsole(browser(), aws);
    const url = await page.getByRole("textbox", { name: "URL" }).inputValue();
    const client = await connect(url);
    await client.ask({ action: "echo", data: "warm" });
    const frameTimes = page.evaluate(
      () =>
        new Promise<number[]>((resolve) => {
          const times: number[] = [];
          let last = performance.now();
          const note = (now: number) => {
            times.push(now - last);
            last = now;
            if (document.querySelector("#count")?.textContent?.includes("of 302")) resolve(times);
            else requestAnimationFrame(note);
          };
          requestAnimationFrame(note);
        }),
    );
    for (let sent = 0; sent < 300; sent += 1) {
      client.send({ action: "echo", data: sent });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const sorted = (await frameTimes).toSorted((a, b) => a - b);
    const [median = 0, longest = 0] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
    expect(median).toBeLessThan(100);
    expect(longest).toBeLessThan(1000);
    expect(await page.locator("#list [role=option]").count()).toBe(200);
  });
});

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "console-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

/** Returns the rows of the frames that this page has received. */
const repliesIn = (frames: Locator) => frames.locator('li[data-direction="in"] summary');

/** Sends a message that continues when the test says so. */
function beginMessage(recorder: Recorder, id: string) {
  const header = `Root=${id};Parent=1`;
  const ids = { eventType: "MESSAGE", connectionId: "c", requestId: "r" } as const;
  recorder.emit(header, { type: "frame-in", text: id, context: ids });
  return {
    record: (event: HookEvent["event"]) => recorder.emit(header, event),
    log: (message: string) =>
      recorder.emit(undefined, {
        type: "log",
        author: "function",
        logGroupName: "/aws/lambda/handler",
        logStreamName: "e",
        message,
        region: "us-east-1",
        timestamp: 0,
      }),
  };
}

/** Adds messages with each badge and with progress frames, which the list shows at once. */
function beginOneOfEachStatus(recorder: Recorder): void {
  const invocation = { functionName: "handler", requestId: "i" };
  const end = { type: "function-end", invocation, environment: "e", duration: 1 } as const;
  const handled = { type: "handled", status: 200 } as const;
  const messages: HookEvent["event"][][] = [
    [{ type: "environment", invocation, environment: "e", start: "cold" }],
    [{ type: "throttled" }, { ...handled, status: 429, error: "Too Many Requests" }],
    [{ ...end, outcome: "crash", errorType: "Runtime.ExitError", memoryUsed: 1 }, handled],
    [{ type: "retry", invocation, inMilliseconds: 1000, reason: "The function failed." }],
    [{ type: "frame-out", text: '{"status":"progress"}' }],
    [{ type: "post-end", status: 410 }, handled],
  ];
  for (const [index, details] of messages.entries()) {
    const { record, log } = beginMessage(recorder, `1-${index}`);
    for (const detail of details) record(detail);
    for (const level of ["INFO", "WARN", "ERROR"]) log(JSON.stringify({ level, message: level }));
  }
}

/** Returns the entries of the timeline, each with its time. */
async function stepsOf(timeline: Locator): Promise<Map<string, string>> {
  const lines = await timeline.locator(".line:not(.ruler)").evaluateAll((all) =>
    all.map((line): [string, string] => {
      const label = line.querySelector(".label");
      const name = label?.firstElementChild ?? label;
      return [name?.textContent ?? "", line.querySelector(".time")?.textContent ?? ""];
    }),
  );
  return new Map(lines);
}
