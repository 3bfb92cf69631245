import { byId, element } from "./dom.ts";
import { patch } from "./patch.ts";
import { inOrder, messageFor } from "./route-message.ts";
import type { ListedStage } from "./stage-list.ts";

/** The initial message if there is no stage. */
const TEXT = "hello";

/**
 * Creates the list of the routes of a stage. A click on a route writes a message that selects it.
 * @param raw the field for the message. It initially has a message for the first route.
 * @param example the initial message. Default: a message for the first route.
 * @returns a function that shows the routes of a stage, or no routes for undefined.
 */
export function createRoutes(
  raw: HTMLTextAreaElement,
  example: string | undefined,
): (stage: ListedStage | undefined) => void {
  const routes = byId("routes", HTMLFieldSetElement);
  let suggested: string | undefined = example ?? TEXT;
  raw.value = suggested;

  routes.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    suggested = undefined;
    raw.value = target.dataset["message"] ?? "";
    raw.focus();
  });
  return (listed) => {
    routes.hidden = listed?.stage === undefined;
    if (listed?.stage === undefined) return;
    const { routeKeys, routeSelectionExpression } = listed.stage;
    const shown = inOrder(routeKeys).map((key) => ({
      key,
      message: messageFor(key, routeSelectionExpression),
    }));
    patch(routes, [
      element("legend", { text: `Routes of ${listed.title}` }),
      ...shown.map(({ key, message }) =>
        message === undefined
          ? element("code", { text: key, data: { key } })
          : element("button", {
              text: key,
              data: { key, message },
              attributes: { type: "button" },
            }),
      ),
      ...(shown.length === 0 ? [element("span", { text: "none deployed" })] : []),
    ]);
    if (raw.value !== suggested || example !== undefined) return;
    raw.value = suggested = shown.find(({ message }) => message !== undefined)?.message ?? TEXT;
  };
}
