import type { Settings } from "../settings.ts";
import { byId, element } from "./dom.ts";

/** Shows the links of the application below the hint for the first visit. */
export function showLinks({ links }: Settings): void {
  byId("links", HTMLElement).replaceChildren(
    ...Object.entries(links).map(([text, href]) =>
      element("a", { text, attributes: { href, target: "_blank", rel: "noopener" } }),
    ),
  );
}
