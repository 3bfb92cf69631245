import type { ServerResponse } from "node:http";

/** For every page: not stored, and not readable by pages of other sites. */
export const PAGE_HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

/** Sends the response of a page as JSON. */
export const sendJson = (response: ServerResponse, body: object, status = 200): void =>
  sendJsonText(response, JSON.stringify(body), status);

export function sendJsonText(response: ServerResponse, text: string, status = 200): void {
  response.writeHead(status, { ...PAGE_HEADERS, "Content-Type": "application/json" }).end(text);
}
