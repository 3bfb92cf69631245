import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { PAGE_HEADERS } from "../server/json-page.ts";
import type { Page } from "../server/server.ts";
import { readScript } from "../scripts.ts";
import type { FramePattern } from "../frame-pattern.ts";
import type { ConsoleOptions, Settings } from "./settings.ts";

const DIRECTORY = join(import.meta.dirname, "page");

/**
 * Allows only the page's own scripts and styles, and no markup from texts. WebSockets to any host are
 * allowed, so that the page can also connect to a deployed stack.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const HEADERS = {
  ...PAGE_HEADERS,
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
};

/**
 * Returns the console's pages, by path. When the local AWS runs from its sources, each request for the
 * script bundles the TypeScript, in about 25 ms. A reload of the page therefore shows changes.
 * @param stack.endpoint resolves with the URL of the local AWS.
 */
export function consolePages(
  options: ConsoleOptions,
  stack: {
    endpoint(): Promise<string>;
    errorFrame?: FramePattern | undefined;
    progressFrame?: FramePattern | undefined;
  },
  directory = DIRECTORY,
): Record<string, Page> {
  const { title = "Local AWS" } = options;
  const html = async () =>
    (await readFile(join(directory, "index.html"), "utf8")).replaceAll(
      "{title}",
      escapeHtml(title),
    );
  const settings = async (): Promise<Settings> => {
    const endpoint = await stack.endpoint();
    return {
      token: (await options.token?.(endpoint)) ?? null,
      subprotocol: options.subprotocol ?? null,
      requestId: options.requestId ?? null,
      messageName: options.messageName ?? null,
      content: options.content ?? [],
      links: options.links ?? {},
      errorFrame: stack.errorFrame ?? null,
      progressFrame: stack.progressFrame ?? null,
      messages: (await options.messages?.()) ?? {},
    };
  };
  return {
    "/": page("text/html; charset=utf-8", html),
    "/_local/console/style.css": page("text/css; charset=utf-8", () =>
      readFile(join(directory, "style.css")),
    ),
    "/_local/console/icon.svg": page("image/svg+xml", () => readFile(join(directory, "icon.svg"))),
    "/_local/console/main.js": page("text/javascript; charset=utf-8", () =>
      readScript("console/page/main", join(directory, "main")),
    ),
    "/_local/console/settings": page("application/json", async () =>
      JSON.stringify(await settings()),
    ),
  };
}

const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page =
  (type: string, content: () => Promise<string | Buffer>): Page =>
  (_request, response) => {
    content().then(
      (body) => response.writeHead(200, { ...HEADERS, "Content-Type": type }).end(body),
      (error: unknown) => fail(response, error),
    );
  };

function fail(response: ServerResponse, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  response.writeHead(500, { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" }).end(text);
}
