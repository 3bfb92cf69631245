import type { IncomingMessage } from "node:http";
import { printable } from "../printable.ts";
import { firstUnits } from "../cut-text.ts";
import { hasForeignOrigin } from "../server/loopback.ts";

/** UTF-16 units of an origin that are shown. */
const SHOWN = 200;

/**
 * Prints a warning at the first handshake from a page of another site. Such a page can connect, as on
 * AWS. Here, however, it runs unfinished code on the user's own machine, maybe without the user's
 * knowledge. The client sees no difference.
 */
export function createForeignOriginWarning(): (request: IncomingMessage) => void {
  let hasWarned = false;
  return (request) => {
    if (hasWarned || !hasForeignOrigin(request)) return;
    hasWarned = true;
    const origin = printable(firstUnits(request.headers.origin ?? "", SHOWN));
    process.emitWarning(
      `A page from ${origin} opened a WebSocket connection. Any site that is open in your browser can connect and run your functions. To reject other sites, set the Terraform variable allowed_origins. This warning is printed once.`,
      "ForeignOrigin",
    );
  };
}
