import type { ApiOverview, TracedMessage } from "../../trace/types.ts";
import { gatewayErrorOf } from "../../trace/message-status.ts";
import type { Settings } from "../settings.ts";
import { type ConnectionStatus, problemOf, trackStatus } from "./connection-state.ts";
import { type Conversation, converse, type Listeners, type State } from "./conversation.ts";
import { copyButton } from "./copy.ts";
import { byId, element } from "./dom.ts";
import { loadSettings } from "./settings.ts";
import type { ListedStage } from "./stage-list.ts";
import { createUrlField } from "./url-field.ts";

export interface ConnectionForm {
  /** Must be called for each message of the trace, which has the reason of a refused handshake. */
  onTraced(message: TracedMessage): void;
  /** Must be called with all APIs after each change. */
  onApis(apis: readonly ApiOverview[]): void;
  /**
   * Returns the current conversation or starts one. Returns undefined if the input is not valid; the form
   * then shows the reason.
   */
  conversation(): Conversation | undefined;
}

/** Creates the form at the top left, with the URL, the token and the state of the connection. */
export function createConnectionForm(
  settings: Settings,
  listeners: Omit<Listeners, "onState"> & {
    /** Called with the stage of the URL, or with undefined if the URL is not of a stage. */
    onStage(stage: ListedStage | undefined): void;
  },
): ConnectionForm {
  const token = byId("token", HTMLInputElement);
  const hint = byId("hint", HTMLOutputElement);
  let conversation: Conversation | undefined;
  const close = () => {
    conversation?.close();
    conversation = undefined;
  };
  const url = createUrlField({
    isInUse: () => conversation !== undefined,
    // A connection to another stage is closed.
    onChosen: close,
    onStage: listeners.onStage,
  });
  let prefilled = "";
  let dialedAt = Number.POSITIVE_INFINITY;

  const fillToken = (fresh: string | null) => {
    // A token that the user typed is kept.
    if (token.value === prefilled) token.value = prefilled = fresh ?? prefilled;
  };
  const target = async () => {
    const { subprotocol } = settings;
    dialedAt = Date.now();
    if (token.value === "" || subprotocol === null) return { url: url.value, protocols: [] };
    // Without a response, the token stays the same: a stack on AWS can be reached without the local AWS.
    const fresh = await loadSettings().catch(() => undefined);
    fillToken(fresh?.token ?? null);
    return { url: url.value, protocols: [subprotocol, token.value] };
  };

  let refusal: string | undefined;
  const onTraced = (message: TracedMessage) => {
    const { eventType, startedAt } = message;
    const isOwn = conversation !== undefined && new URL(url.value).host === location.host;
    if (eventType !== "CONNECT" || !isOwn || startedAt < dialedAt) return;
    const error = gatewayErrorOf(message);
    if (error === undefined) return;
    refusal = `The connection was refused: ${error}.`;
    hint.value = refusal;
  };

  const open = () => {
    const problem = problemOf({ url: url.value, token: token.value });
    hint.value = problem ?? "";
    if (problem !== undefined) return;
    const statusOf = trackStatus();
    conversation = converse(target, {
      ...listeners,
      onState: (state, cause) => {
        if (state === "open" || state === "closed") refusal = undefined;
        const status = statusOf(state, cause);
        show(state, { ...status, hint: refusal ?? status.hint });
      },
    });
  };

  byId("connection", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    if (conversation === undefined) return open();
    close();
    url.update();
  });
  byId("token-field", HTMLElement).hidden = settings.subprotocol === null;
  fillToken(settings.token);
  byId("copy-url", HTMLElement).append(
    element("span", { text: "URL" }),
    copyButton("Copy the URL", () => url.value),
    element("span", { text: "wscat" }),
    copyButton("Copy the command for wscat", () =>
      wscatCommand(url.value, token.value === "" ? [] : [settings.subprotocol ?? "", token.value]),
    ),
  );
  return {
    onTraced,
    onApis: url.update,
    conversation() {
      if (conversation === undefined) open();
      return conversation;
    },
  };
}

/** Returns the shell command that connects as the page does. */
const wscatCommand = (url: string, protocols: readonly string[]) =>
  ["npx wscat -c", quote(url), ...protocols.map((each) => `-s ${quote(each)}`)].join(" ");

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function show(state: State, { text, hint }: ConnectionStatus): void {
  const output = byId("state", HTMLOutputElement);
  output.value = text;
  output.dataset["state"] = state;
  byId("hint", HTMLOutputElement).value = hint;
  byId("connect", HTMLButtonElement).textContent = state === "closed" ? "Connect" : "Disconnect";
}
