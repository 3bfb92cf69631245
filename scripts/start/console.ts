/** The settings of the local AWS's console for this application. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConsoleOptions, FramePattern, JsonSchema, Page } from "@websocket-lambda/local-aws";
import { PING } from "../../shared/protocol.ts";
import type { Issuer } from "./issuer.ts";

/** Patterns by which the local AWS recognizes error frames and progress frames. */
export const FRAME_PATTERNS = {
  errorFrame: { status: "error" },
  progressFrame: { status: "progress" },
} satisfies Record<string, FramePattern>;

/** The documents that the console links to, in `docs/`. */
const DOCUMENTS = {
  Protocol: "protocol.md",
  "Write an action": "actions.md",
  Traces: "trace.md",
  Operations: "operations.md",
};
const DOCS_PATH = "/_local/docs";
const DOCS = join(import.meta.dirname, "..", "..", "docs");

/** Pages of the local AWS that return the documents. */
export const documentPages: Readonly<Record<string, Page>> = Object.fromEntries(
  Object.values(DOCUMENTS).map((file) => [
    `${DOCS_PATH}/${file}`,
    async (_request, response) => {
      const text = await readFile(join(DOCS, file));
      response.writeHead(200, { "Content-Type": "text/plain; charset=utf-8" }).end(text);
    },
  ]),
);

const SCHEMA = join(import.meta.dirname, "..", "..", "docs", "protocol.schema.json");
const REQUEST = ".request";

/**
 * @param options.issuer issues the tokens, for a stack with authentication.
 * @param options.notice returns a problem for the console to show. Default: none.
 */
export const consoleOptions = ({
  issuer,
  notice,
}: { issuer?: Issuer | undefined; notice?: () => string | undefined } = {}): ConsoleOptions => ({
  title: "WebSocket Lambda",
  messages: readRequests,
  requestId: "requestId",
  messageName: "action",
  content: ["result", "error", "progress", "data"],
  links: Object.fromEntries(
    Object.entries(DOCUMENTS).map(([text, file]) => [text, `${DOCS_PATH}/${file}`]),
  ),
  ...(notice && { notice }),
  subprotocol: "websocket-lambda",
  ...(issuer && { token: (endpoint) => issuer.tokenFor(endpoint, "ada") }),
});

/**
 * Reads the schema of each action's request from the file that `npm run schemas` writes. `ping` is not an
 * action.
 */
async function readRequests(): Promise<Record<string, JsonSchema>> {
  const { $defs }: { $defs: Record<string, JsonSchema> } = JSON.parse(
    await readFile(SCHEMA, "utf8"),
  );
  return Object.fromEntries(
    Object.entries($defs).flatMap(([name, schema]) =>
      name.endsWith(REQUEST) && name !== PING + REQUEST
        ? [[name.slice(0, -REQUEST.length), schema]]
        : [],
    ),
  );
}
