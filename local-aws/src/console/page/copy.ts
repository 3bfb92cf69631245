import { element } from "./dom.ts";

/** Milliseconds for which the button shows the result. */
const SAID_FOR = 1500;

/** Makes a button that copies a text to the clipboard. */
export function copyButton(label: string, read: () => string): HTMLButtonElement {
  const button = element("button", {
    class: "copy",
    text: "Copy",
    attributes: { type: "button", "aria-label": label },
    title: label,
  });
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(read()).then(
      () => say("Copied"),
      () => say("Not copied"),
    );
  });
  const say = (text: string) => {
    button.textContent = text;
    setTimeout(() => (button.textContent = "Copy"), SAID_FOR);
  };
  return button;
}
