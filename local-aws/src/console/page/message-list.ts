import type { TracedMessage } from "../../trace/types.ts";
import { byId, element, oncePerFrame, setChildren } from "./dom.ts";
import type { FrameReader } from "./content.ts";
import { contentOf, fillRow, type RowContent } from "./message-row.ts";

/** The maximum number of rows in the list. */
const ROWS = 200;
/** The maximum number of messages in memory. The local AWS keeps as many. */
const MESSAGES = 500;
/** The minimum time for which a followed message stays selected, in milliseconds. */
const FOLLOWED_FOR = 400;

interface Entry {
  message: TracedMessage;
  content: RowContent;
  row: HTMLElement;
  isChanged: boolean;
}

/**
 * Creates the list of messages, the newest first, and its filter. The timeline shows the selected
 * message.
 */
export function createMessageList(
  read: FrameReader,
  onSelect: (message: TracedMessage | undefined) => void,
) {
  const list = byId("list", HTMLElement);
  const filter = byId("filter", HTMLInputElement);
  const follow = byId("follow", HTMLInputElement);
  const newer = byId("newer", HTMLButtonElement);
  const entries = new Map<string, Entry>();
  let shown: Entry[] = [];
  let selected: Entry | undefined;
  let selectedAt = 0;
  let sent: SentMessage | undefined;

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
    const unmatched = byId("unmatched", HTMLElement);
    unmatched.hidden = entries.size === 0 || shown.length > 0;
    unmatched.textContent = `No message matches "${filter.value.trim()}".`;
    byId("count", HTMLElement).textContent = countText(shown.length, entries.size, wanted);
    if (follow.checked) followNewest();
    showNewer();
  };
  /**
   * Shows how many messages are newer than the selected one, if the list does not follow the newest.
   */
  const showNewer = () => {
    const count = selected === undefined ? 0 : Math.max(0, shown.indexOf(selected));
    newer.hidden = follow.checked || count === 0;
    newer.textContent = `↑ ${count} newer`;
  };
  const draw = oncePerFrame(drawNow);

  const choose = (entry: Entry) => {
    follow.checked = false;
    select(entry);
    showNewer();
  };

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
    choose(entry);
    entry.row.scrollIntoView({ block: "nearest" });
    return true;
  };

  list.addEventListener("keydown", (event) => {
    if (step(event.key)) event.preventDefault();
  });
  list.addEventListener("click", ({ target }) => {
    const row = target instanceof Element ? target.closest("[role=option]") : null;
    const entry = shown.find((each) => each.row === row);
    if (entry !== undefined) choose(entry);
  });
  // While a user reads a timeline, a new message must not replace it.
  for (const event of ["click", "focusin"])
    byId("timeline", HTMLElement).addEventListener(event, () => {
      follow.checked = false;
      showNewer();
    });
  newer.addEventListener("click", () => {
    follow.checked = true;
    select(undefined);
    list.scrollTop = 0;
    draw();
  });
  filter.addEventListener("input", draw);
  follow.addEventListener("change", draw);
  byId("clear", HTMLButtonElement).addEventListener("click", () => {
    entries.clear();
    select(undefined);
    draw();
  });

  return {
    /**
     * Selects the message with this text, which the user has just sent, when it appears in the trace.
     */
    selectSent(text: string) {
      sent = { text, sentAt: Date.now() };
    },
    update(message: TracedMessage) {
      const known = entries.get(message.traceId);
      const row = known?.row ?? newRow(message.traceId);
      const entry = known ?? { message, content: contentOf(message, read), row, isChanged: true };
      if (known !== undefined)
        Object.assign(known, { message, content: contentOf(message, read), isChanged: true });
      entries.set(message.traceId, entry);
      const [oldest] = entries.keys();
      if (entries.size > MESSAGES && oldest !== undefined) entries.delete(oldest);
      if (sent !== undefined && isSent(sent, message)) {
        sent = undefined;
        select(entry);
      }
      if (entry === selected) onSelect(message);
      draw();
    },
  };
}

/** A message that this page has sent. */
interface SentMessage {
  text: string;
  /** Milliseconds since the epoch. */
  sentAt: number;
}

/** The maximum difference between the clocks of the page and of the local AWS, in milliseconds. */
const CLOCK_SKEW = 50;

/**
 * Returns whether a message of the trace is the one that was sent. The trace has only the beginning of a
 * long text.
 */
function isSent(
  { text, sentAt }: SentMessage,
  { points: [first], startedAt }: TracedMessage,
): boolean {
  return (
    first?.type === "frame-in" &&
    startedAt >= sentAt - CLOCK_SKEW &&
    (first.bytes === undefined ? first.text === text : text.startsWith(first.text))
  );
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
