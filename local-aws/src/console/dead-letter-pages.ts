import type { ServerResponse } from "node:http";
import type { Page } from "../server/server.ts";
import type { DeadLetters } from "./dead-letters.ts";

const PATH = "/_local/dead-letters";

const HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

/** The dead letters as JSON. */
export const deadLetterPages = ({ list }: DeadLetters): Record<string, Page> => ({
  [PATH]: (_request, response) => answer(response, 200, list()),
});

/** Sends a dead letter again, or deletes some, by `?id=`. Returns those that remain. */
export function deadLetterActions({ list, send, remove }: DeadLetters): Record<string, Page> {
  const action =
    (act: (ids: string[]) => void): Page =>
    ({ url = "" }, response) => {
      const ids = new URLSearchParams(url.split("?", 2)[1]).getAll("id");
      try {
        act(ids);
      } catch (error) {
        return answer(response, 409, { message: error instanceof Error ? error.message : "" });
      }
      answer(response, 200, list());
    };
  return {
    [`${PATH}/send`]: action((ids) => ids.forEach(send)),
    [`${PATH}/delete`]: action(remove),
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { ...HEADERS, "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}
