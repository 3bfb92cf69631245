import type { ConnectionError, State } from "../../../../client/src/index.ts";
import { followStates, problemOf, type Told } from "./connection-state.ts";
import { type Conversation, converse, type Listeners } from "./conversation.ts";
import { byId } from "./dom.ts";
import { loadSettings } from "./settings.ts";

export interface ConnectionForm {
  /** The one there is, or a new one; undefined where the form says why there can't be one. */
  conversation(): Conversation | undefined;
  /** Fills in what the local AWS knows. */
  prefill(): Promise<void>;
}

/** The form at the top left: where to connect, and how that goes. */
export function createConnectionForm(listeners: Omit<Listeners, "onState">): ConnectionForm {
  const url = byId("url", HTMLInputElement);
  const token = byId("token", HTMLInputElement);
  const hint = byId("hint", HTMLOutputElement);
  let conversation: Conversation | undefined;
  let prefilled = "";

  const prefill = async () => {
    // Where there is no answer the fields stay as they are, for a stack on AWS needs none.
    const settings = await loadSettings().catch(() => undefined);
    if (url.value === "") url.value = settings?.url ?? "";
    // A token that somebody typed is theirs.
    if (token.value === prefilled) token.value = prefilled = settings?.token ?? prefilled;
  };
  const freshToken = async () => {
    await prefill();
    return token.value;
  };

  const open = () => {
    const problem = problemOf({ url: url.value, token: token.value });
    hint.value = problem ?? "";
    if (problem !== undefined) return;
    const tell = followStates();
    const onState = (now: State, error?: ConnectionError) => {
      show(now, tell(now, error));
      if (now === "closed" && conversation === opened) conversation = undefined;
    };
    const withToken = token.value === "" ? undefined : freshToken;
    const opened = converse(url.value, withToken, { ...listeners, onState });
    conversation = opened;
  };
  const close = ({ client }: Conversation) => {
    conversation = undefined;
    client.close();
  };

  byId("connection", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    if (conversation === undefined) open();
    else close(conversation);
  });
  return {
    conversation() {
      if (conversation === undefined) open();
      return conversation;
    },
    prefill,
  };
}

function show(state: State, { text, hint }: Told): void {
  const output = byId("state", HTMLOutputElement);
  output.value = text;
  output.dataset["state"] = state;
  byId("hint", HTMLOutputElement).value = hint;
  byId("connect", HTMLButtonElement).textContent = state === "closed" ? "Connect" : "Disconnect";
}
