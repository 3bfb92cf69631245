import type { ConnectionError, State } from "../../../client/index.ts";

/** What the page says of its connection. */
export interface Told {
  text: string;
  /** What to look at where it comes to nothing; empty otherwise. */
  hint: string;
}

/** Attempts in a row that come to nothing before there is a hint. */
const HINT_AFTER = 2;

const HINT =
  "Is the URL right, is the stack there, and does it take this token? A browser doesn't learn why it gets no connection.";

/** Follows one client from state to state. */
export function followStates(): (state: State, error?: ConnectionError) => Told {
  let wasOpen = false;
  let failures = 0;
  return (state, error) => {
    wasOpen ||= state === "open";
    if (state === "open") failures = 0;
    if (state === "waiting") failures += 1;
    const texts: Record<State, string> = {
      connecting: "connecting…",
      open: "connected",
      waiting: wasOpen ? "lost, trying again…" : "no connection yet, trying again…",
      closed: "not connected",
    };
    const isInVain = failures >= HINT_AFTER && state !== "closed";
    return { text: texts[state], hint: reasonOf(error) ?? (isInVain ? HINT : "") };
  };
}

/** What the browser said, which it does where it wouldn't even try; undefined where it said nothing. */
const reasonOf = (error: ConnectionError | undefined) =>
  error?.cause instanceof Error ? `${error.message} ${error.cause.message}` : undefined;

/** Why the browser would not even try; undefined where it would. */
export function problemOf({ url, token }: { url: string; token: string }): string | undefined {
  if (!URL.canParse(url) || !/^wss?:$/.test(new URL(url).protocol))
    return "That is no URL of a WebSocket API: it begins with wss://, or with ws:// on this machine.";
  // It goes as the name of a sub-protocol.
  if (!/^[\w!#$%&'*+.^`|~-]*$/.test(token))
    return "That is no token: there is a character in it that none may have.";
  return undefined;
}
