import type { IncomingMessage } from "node:http";
import { printable } from "../../scripts/printable.ts";
import { firstUnits } from "../cut-text.ts";
import { comesFromElsewhere } from "../http/loopback.ts";

/** UTF-16 units of an origin that are shown. */
const SHOWN = 200;

/**
 * Prints a warning at the first handshake of a page of another site. Such a page may connect, as on
 * AWS, but here it runs unfinished code on a person's own machine, who may know nothing of it. The
 * client sees no difference.
 */
export function createForeignOriginWarning(): (request: IncomingMessage) => void {
  let hasWarned = false;
  return (request) => {
    if (hasWarned || !comesFromElsewhere(request)) return;
    hasWarned = true;
    const origin = printable(firstUnits(request.headers.origin ?? "", SHOWN));
    process.emitWarning(
      `A page of ${origin} opens a WebSocket connection. Any site in your browser can do so, and run your functions. To refuse other sites, set the Terraform variable allowed_origins. Further ones are not reported.`,
      "ForeignOrigin",
    );
  };
}
