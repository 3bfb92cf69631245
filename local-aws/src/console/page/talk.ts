import type { Settings } from "../settings.ts";
import { createConnectionForm } from "./connection-form.ts";
import type { Conversation } from "./conversation.ts";
import { byId, element } from "./dom.ts";
import { createForms, type MessageForm } from "./forms.ts";
import { createFrames } from "./frames.ts";
import { createRoutes } from "./routes.ts";

/** Creates the forms at the left: connect, and send. */
export function createTalk(settings: Settings, { onSent }: { onSent(text: string): void }) {
  const frames = createFrames(settings);
  const forms = createForms(settings);
  const raw = byId("raw", HTMLTextAreaElement);
  const { conversation, ...handlers } = createConnectionForm(settings, {
    onStage: createRoutes(raw, forms[0]?.read()),
    onSent(text) {
      frames.sent(text);
      onSent(text);
    },
    onReceived: frames.received,
  });
  createSend(forms, raw, conversation);
  return handlers;
}

/**
 * Creates the form that sends a message.
 * @param conversation returns the conversation, and connects first if there is none.
 */
function createSend(
  forms: readonly MessageForm[],
  raw: HTMLTextAreaElement,
  conversation: () => Conversation | undefined,
): void {
  const form = byId("send", HTMLFormElement);
  byId("raw-choice", HTMLElement).before(...forms.map(({ name }, index) => choice(name, index)));
  byId("raw-button", HTMLInputElement).checked = forms.length === 0;
  byId("fields", HTMLElement).prepend(...forms.map(({ node }) => node));

  const chosen = () => {
    const name = new FormData(form).get("message");
    return forms.find((each) => each.name === name);
  };
  const showFields = () => {
    const current = chosen();
    for (const each of forms) each.node.hidden = each !== current;
    byId("field-raw", HTMLElement).hidden = current !== undefined;
  };

  const send = async (): Promise<void> => {
    const text = chosen()?.read() ?? raw.value;
    const current = conversation();
    if (current === undefined) return;
    showProblem("Not connected yet. The message is sent when the connection opens.");
    await current.opened;
    showProblem("");
    if (!current.send(text))
      throw new Error("Not connected. Send again when the connection is open.");
  };

  form.addEventListener("change", showFields);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    showProblem("");
    send().catch((error: unknown) => showProblem(textOf(error)));
  });
  form.addEventListener("keydown", (event) => {
    if (!(event.target instanceof HTMLTextAreaElement)) return;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  showFields();
}

function choice(name: string, index: number): HTMLLabelElement {
  const input = element("input", {
    attributes: { id: `choice-${name}`, type: "radio", name: "message", value: name },
  });
  input.defaultChecked = index === 0;
  const label = element("label", {}, input);
  label.append(name);
  return label;
}

/** Shows a text under the form. An empty text clears it. */
function showProblem(text: string): void {
  byId("problem", HTMLOutputElement).value = text;
}

function textOf(error: unknown): string {
  if (error instanceof SyntaxError) return `Invalid JSON: ${error.message}`;
  return error instanceof Error ? error.message : "";
}
