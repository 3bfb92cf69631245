/** The settings of the local AWS's console for this application. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConsoleOptions, FramePattern, JsonSchema } from "@websocket-lambda/local-aws";
import { PING } from "../../shared/protocol.ts";
import type { Issuer } from "./issuer.ts";

/** The members by which the local AWS knows the frames of the protocol that are not results. */
export const FRAME_PATTERNS = {
  errorFrame: { status: "error" },
  progressFrame: { status: "progress" },
} satisfies Record<string, FramePattern>;

const SCHEMA = join(import.meta.dirname, "..", "..", "docs", "protocol.schema.json");
const REQUEST = ".request";

/** @param issuer issues the tokens, for a stack with authentication. */
export const consoleOptions = (issuer?: Issuer): ConsoleOptions => ({
  title: "WebSocket Lambda",
  messages: readRequests,
  requestId: "requestId",
  subprotocol: "websocket-lambda",
  ...(issuer && { token: (endpoint) => issuer.tokenFor(endpoint, "ada") }),
});

/**
 * Reads the schema of each action's request, by action, from the file that `npm run schemas` writes. A ping
 * runs no action.
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
