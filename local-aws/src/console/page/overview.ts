import type { FunctionOverview } from "../../lambda/overview.ts";
import type { Overview } from "../../trace/types.ts";
import { byId, element } from "./dom.ts";
import { shortName } from "./function-names.ts";

const STATES = ["cold", "busy", "warm", "frozen"] as const;

/** The maximum number of environments for which a square is drawn. */
const SQUARES = 12;

/** Creates the status line at the top. */
export function createOverview({ openDeadLetters }: { openDeadLetters(): void }) {
  const deadLetterCount = element("button", {
    class: "number",
    attributes: { type: "button", "aria-label": "Open the dead letters" },
  });
  deadLetterCount.addEventListener("click", openDeadLetters);
  const list = byId("overview", HTMLDListElement);
  const status = byId("reachable", HTMLElement);
  return {
    show({ connections, functions, queued, deadLetters, notice }: Overview) {
      const banner = byId("notice", HTMLElement);
      banner.hidden = notice === null;
      banner.textContent = notice;
      deadLetterCount.textContent = String(deadLetters);
      deadLetterCount.classList.toggle("bad", deadLetters > 0);
      list.replaceChildren(
        entry("connections", number(connections)),
        ...functions.map((each) => entry(shortName(each.functionName), ...environments(each))),
        entry("queue", number(queued)),
        entry("dead letters", deadLetters > 0 ? deadLetterCount : number(0)),
      );
    },
    setReachable(isReachable: boolean) {
      list.classList.toggle("unreachable", !isReachable);
      status.textContent = isReachable
        ? ""
        : "No response from the local AWS. Is it still running?";
    },
  };
}

const entry = (name: string, ...values: Node[]) =>
  element("div", {}, element("dt", { text: name }), element("dd", {}, ...values));

const number = (value: number) => element("span", { class: "number", text: String(value) });

function environments(counts: FunctionOverview): Node[] {
  const counted = STATES.filter((state) => counts[state] > 0).map(
    (state) => `${counts[state]} ${state}`,
  );
  if (counts.waiting > 0) counted.push(`${counts.waiting} waiting`);
  const squares = STATES.flatMap((state) =>
    Array.from({ length: counts[state] }, () => element("i", { data: { state } })),
  );
  return [
    element(
      "span",
      { class: "environments", attributes: { "aria-hidden": "true" } },
      ...squares.slice(0, SQUARES),
    ),
    element("span", { text: counted.length === 0 ? "no environments" : counted.join(", ") }),
  ];
}
