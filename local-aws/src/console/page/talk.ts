import { NoReplyError, RequestError } from "../../../../client/src/index.ts";
import { createConnectionForm } from "./connection-form.ts";
import type { Conversation } from "./conversation.ts";
import { byId, element } from "./dom.ts";
import { createFields } from "./fields.ts";
import { FORMS } from "./forms.ts";
import { createFrames } from "./frames.ts";

/** The forms at the left: connect, and send. */
export async function createTalk(): Promise<void> {
  const frames = createFrames();
  const { conversation, prefill } = createConnectionForm({
    onSent: frames.sent,
    onReceived: frames.received,
  });
  createSend(conversation);
  await prefill();
}

/** @param conversation connects first, where there is no connection. */
function createSend(conversation: () => Conversation | undefined): void {
  const form = byId("send", HTMLFormElement);
  const raw = byId("raw", HTMLTextAreaElement);
  const forms = Object.entries(FORMS).map(([action, data]) => ({
    action,
    ...createFields(action, data),
  }));
  byId("raw-choice", HTMLElement).before(
    ...forms.map(({ action }, index) => choice(action, index)),
  );
  byId("fields", HTMLElement).prepend(...forms.map(({ node }) => node));

  const chosen = () => {
    const action = new FormData(form).get("action");
    return forms.find((one) => one.action === action);
  };
  const showFields = () => {
    const { action } = chosen() ?? {};
    for (const one of forms) one.node.hidden = one.action !== action;
    byId("field-raw", HTMLElement).hidden = action !== undefined;
  };

  const send = async (): Promise<void> => {
    const { client, sendRaw } = conversation() ?? {};
    if (client === undefined || sendRaw === undefined) return;
    const one = chosen();
    if (one !== undefined) await client.request(one.action, one.read());
    else if (!sendRaw(raw.value))
      throw new Error("Not connected yet. Send again when the connection is open.");
  };

  form.addEventListener("change", showFields);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    explain();
    send().catch(explain);
  });
  form.addEventListener("keydown", (event) => {
    if (!(event.target instanceof HTMLTextAreaElement)) return;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  showFields();
}

function choice(action: string, index: number): HTMLLabelElement {
  const input = element("input", { attributes: { type: "radio", name: "action", value: action } });
  input.defaultChecked = index === 0;
  const label = element("label", {}, input);
  label.append(action);
  return label;
}

/** Shows the message of an error; without an error, clears it. */
function explain(error?: unknown): void {
  byId("problem", HTMLOutputElement).value = textOf(error);
}

function textOf(error: unknown): string {
  if (error instanceof RequestError) return `${error.code}: ${error.message}`;
  if (error instanceof NoReplyError) return error.code === "CLOSED" ? "" : error.message;
  if (error instanceof SyntaxError) return `Invalid JSON: ${error.message}`;
  return error instanceof Error ? error.message : "";
}
