import type { Settings } from "../settings.ts";
import { followStates, problemOf, type Told } from "./connection-state.ts";
import { type Conversation, converse, type Listeners, type State } from "./conversation.ts";
import { byId } from "./dom.ts";
import { loadSettings } from "./settings.ts";

export interface ConnectionForm {
  /** The current one, or a new one; undefined if the form shows why there cannot be one. */
  conversation(): Conversation | undefined;
}

/** The form at the top left: where to connect, and the state of the connection. */
export function createConnectionForm(
  settings: Settings,
  listeners: Omit<Listeners, "onState">,
): ConnectionForm {
  const url = byId("url", HTMLInputElement);
  const token = byId("token", HTMLInputElement);
  const hint = byId("hint", HTMLOutputElement);
  let conversation: Conversation | undefined;
  let prefilled = "";

  const fillToken = (fresh: string | null) => {
    // A token that the user typed stays.
    if (token.value === prefilled) token.value = prefilled = fresh ?? prefilled;
  };
  const target = async () => {
    const { subprotocol } = settings;
    if (token.value === "" || subprotocol === null) return { url: url.value, protocols: [] };
    // Without a response the token stays as it is: a stack on AWS can be reached all the same.
    const fresh = await loadSettings().catch(() => undefined);
    fillToken(fresh?.token ?? null);
    return { url: url.value, protocols: [subprotocol, token.value] };
  };

  const open = () => {
    const problem = problemOf({ url: url.value, token: token.value });
    hint.value = problem ?? "";
    if (problem !== undefined) return;
    const tell = followStates();
    conversation = converse(target, {
      ...listeners,
      onState: (state, cause) => show(state, tell(state, cause)),
    });
  };

  byId("connection", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    if (conversation === undefined) return open();
    conversation.close();
    conversation = undefined;
  });
  byId("token-field", HTMLElement).hidden = settings.subprotocol === null;
  fillToken(settings.token);
  url.value ||= settings.url ?? "";
  return {
    conversation() {
      if (conversation === undefined) open();
      return conversation;
    },
  };
}

function show(state: State, { text, hint }: Told): void {
  const output = byId("state", HTMLOutputElement);
  output.value = text;
  output.dataset["state"] = state;
  byId("hint", HTMLOutputElement).value = hint;
  byId("connect", HTMLButtonElement).textContent = state === "closed" ? "Connect" : "Disconnect";
}
