import type { State } from "./conversation.ts";

/** The status of the connection, as the page shows it. */
export interface ConnectionStatus {
  text: string;
  /** What to check after failed attempts. Otherwise empty. */
  hint: string;
}

/** The number of successive failed attempts after which the hint is shown. */
const HINT_AFTER = 2;

const HINT =
  "Check the URL, the token and whether the stack exists. A browser does not report why a connection fails.";

/** Returns a function that returns the status for each state of a conversation. */
export function trackStatus(): (state: State, cause?: unknown) => ConnectionStatus {
  let wasOpen = false;
  let failures = 0;
  return (state, cause) => {
    wasOpen ||= state === "open";
    if (state === "open") failures = 0;
    if (state === "waiting") failures += 1;
    const texts: Record<State, string> = {
      connecting: "connecting…",
      open: "connected",
      waiting: wasOpen ? "connection lost, retrying…" : "connection failed, retrying…",
      closed: "not connected",
    };
    const isFailing = failures >= HINT_AFTER && state !== "closed";
    return { text: texts[state], hint: reasonOf(cause) ?? (isFailing ? HINT : "") };
  };
}

/**
 * Returns the reason in an error of the browser. The browser throws only before it tries to connect.
 */
const reasonOf = (cause: unknown) =>
  cause instanceof Error ? `Could not connect. ${cause.message}` : undefined;

/** Returns why the URL or the token is invalid, or undefined if both are valid. */
export function problemOf({ url, token }: { url: string; token: string }): string | undefined {
  if (!URL.canParse(url) || !/^wss?:$/.test(new URL(url).protocol))
    return "Invalid URL. A WebSocket URL starts with wss://, or with ws:// for the local AWS.";
  // The token is sent as the name of a subprotocol.
  if (!/^[\w!#$%&'*+.^`|~-]*$/.test(token))
    return "Invalid token. A token consists of letters, digits and !#$%&'*+-.^_`|~";
  return undefined;
}
