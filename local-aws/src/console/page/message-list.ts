import type { TracedMessage } from "../../trace/types.ts";
import { byId, element, oncePerFrame, setChildren } from "./dom.ts";
import { contentOf, fillRow, type RowContent } from "./message-row.ts";

/** Rows in the list. */
const ROWS = 200;
/** Messages in memory, as many as the local AWS keeps. */
const MESSAGES = 500;
/** Milliseconds for which a message that is followed stays, so that there is something to see. */
const FOLLOWED_FOR = 400;

interface Entry {
  message: TracedMessage;
  content: RowContent;
  row: HTMLElement;
  isChanged: boolean;
}

/** The list of messages, the newest first, with its filter; the timeline shows the selected one. */
export function createMessageList(onSelect: (message: TracedMessage | undefined) => void) {
  const list = byId("list", HTMLElement);
  const filter = byId("filter", HTMLInputElement);
  const follow = byId("follow", HTMLInputElement);
  const entries = new Map<string, Entry>();
  let shown: Entry[] = [];
  let selected: Entry | undefined;
  let selectedAt = 0;

  const select = (entry: Entry | undefined) => {
    if (selected === entry) return;
    selected?.row.setAttribute("aria-selected", "false");
    selected = entry;
    selectedAt = performance.now();
    entry?.row.setAttribute("aria-selected", "true");
    if (entry === undefined) list.removeAttribute("aria-activedescendant");
    else list.setAttribute("aria-activedescendant", entry.row.id);
    onSelect(entry?.message);
  };

  const followNewest = () => {
    const newest = shown.find(({ message }) => message.eventType === "MESSAGE") ?? shown[0];
    if (newest === selected) return;
    const wait = selected === undefined ? 0 : selectedAt + FOLLOWED_FOR - performance.now();
    if (wait <= 0) select(newest);
    else setTimeout(draw, wait);
  };

  const drawNow = () => {
    const wanted = filter.value.trim().toLowerCase();
    shown = [...entries.values()]
      .toReversed()
      .filter(({ content }) => content.searched.includes(wanted))
      .slice(0, ROWS);
    for (const entry of shown) {
      if (entry.isChanged) fillRow(entry.row, entry.message, entry.content);
      entry.isChanged = false;
    }
    setChildren(
      list,
      shown.map(({ row }) => row),
    );
    byId("empty", HTMLElement).hidden = entries.size > 0;
    byId("count", HTMLElement).textContent = countText(shown.length, entries.size, wanted);
    if (follow.checked) followNewest();
  };
  const draw = oncePerFrame(drawNow);

  const step = (key: string) => {
    const index = selected === undefined ? -1 : shown.indexOf(selected);
    const places: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: Math.max(0, index - 1),
      PageDown: index + 10,
      PageUp: Math.max(0, index - 10),
      Home: 0,
      End: shown.length - 1,
    };
    const place = places[key];
    const entry = place === undefined ? undefined : shown[Math.min(place, shown.length - 1)];
    if (entry === undefined) return false;
    follow.checked = false;
    select(entry);
    entry.row.scrollIntoView({ block: "nearest" });
    return true;
  };

  list.addEventListener("keydown", (event) => {
    if (step(event.key)) event.preventDefault();
  });
  list.addEventListener("click", ({ target }) => {
    const row = target instanceof Element ? target.closest("[role=option]") : null;
    const entry = shown.find((each) => each.row === row);
    if (entry === undefined) return;
    follow.checked = false;
    select(entry);
  });
  // While a user reads a timeline, a new message must not replace it.
  for (const event of ["click", "focusin"])
    byId("timeline", HTMLElement).addEventListener(event, () => (follow.checked = false));
  filter.addEventListener("input", draw);
  follow.addEventListener("change", draw);
  byId("clear", HTMLButtonElement).addEventListener("click", () => {
    entries.clear();
    select(undefined);
    draw();
  });

  return {
    update(message: TracedMessage) {
      const known = entries.get(message.traceId);
      const row = known?.row ?? newRow(message.traceId);
      const entry = known ?? { message, content: contentOf(message), row, isChanged: true };
      if (known !== undefined)
        Object.assign(known, { message, content: contentOf(message), isChanged: true });
      entries.set(message.traceId, entry);
      const [oldest] = entries.keys();
      if (entries.size > MESSAGES && oldest !== undefined) entries.delete(oldest);
      if (entry === selected) onSelect(message);
      draw();
    },
  };
}

const newRow = (traceId: string) =>
  element("div", {
    class: "message",
    attributes: { role: "option", id: `message-${traceId}`, "aria-selected": "false" },
  });

function countText(shown: number, all: number, filter: string): string {
  if (filter !== "") return `${shown} of ${all}`;
  return all > shown ? `newest ${shown} of ${all}` : String(all);
}
