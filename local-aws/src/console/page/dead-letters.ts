import type { DeadLetter } from "../dead-letter.ts";
import { formatFrame } from "./content.ts";
import { byId, element } from "./dom.ts";
import { timeOfDay } from "./format.ts";

const PATH = "/_local/dead-letters";

/** Creates the dialog with the dead letters. Returns a function that opens it. */
export function createDeadLetterDialog(): () => void {
  const dialog = byId("dead-letters", HTMLDialogElement);
  const list = byId("dead-letter-list", HTMLOListElement);
  const status = byId("dead-letter-status", HTMLOutputElement);
  const purge = byId("purge", HTMLButtonElement);
  let shown: readonly DeadLetter[] = [];

  const show = (letters: readonly DeadLetter[]) => {
    shown = letters;
    list.replaceChildren(...letters.map(rowOf));
    purge.hidden = letters.length === 0;
    if (letters.length === 0) status.value ||= "There are no dead letters.";
  };
  const request = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(path, init);
    const body: unknown = await response.json();
    if (!response.ok) throw new Error((body as { message: string }).message);
    show(body as DeadLetter[]);
  };
  const act = (action: "send" | "delete", ids: readonly string[], done: string) => {
    status.value = "";
    const query = new URLSearchParams(ids.map((id) => ["id", id]));
    request(`${PATH}/${action}?${query.toString()}`, { method: "POST" }).then(
      () => (status.value = done),
      explain,
    );
  };
  const explain = (error: unknown) => {
    status.value = error instanceof Error ? error.message : String(error);
  };
  const rowOf = ({ id, sentAt, error, body }: DeadLetter) => {
    const send = element("button", { text: "Send again", attributes: { type: "button" } });
    const remove = element("button", { text: "Delete", attributes: { type: "button" } });
    send.addEventListener("click", () =>
      act("send", [id], "Sent again. An event that fails again comes back here."),
    );
    remove.addEventListener("click", () => act("delete", [id], "Deleted."));
    return element(
      "li",
      {},
      element("span", { class: "time", text: timeOfDay(sentAt) }),
      element("span", { class: "reason", text: error }),
      send,
      remove,
      element("pre", { text: formatFrame(body), attributes: { tabindex: "0" } }),
    );
  };

  purge.addEventListener("click", () =>
    act(
      "delete",
      shown.map(({ id }) => id),
      "Deleted all.",
    ),
  );
  return () => {
    status.value = "";
    dialog.showModal();
    request(PATH).catch(explain);
  };
}
