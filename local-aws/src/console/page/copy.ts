import { element } from "./dom.ts";

/** Milliseconds for which the button shows the result. */
const RESULT_TIME = 1500;

/** Creates a button that copies a text to the clipboard. */
export function copyButton(label: string, read: () => string): HTMLButtonElement {
  const button = element("button", {
    class: "copy",
    text: "Copy",
    attributes: { type: "button", "aria-label": label },
    title: label,
  });
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(read()).then(
      () => showResult("Copied"),
      () => showResult("Not copied"),
    );
  });
  const showResult = (text: string) => {
    button.textContent = text;
    setTimeout(() => (button.textContent = "Copy"), RESULT_TIME);
  };
  return button;
}
