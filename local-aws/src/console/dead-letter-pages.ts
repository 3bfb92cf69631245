import { sendJson } from "../server/json-page.ts";
import type { Page } from "../server/server.ts";
import type { DeadLetters } from "./dead-letters.ts";

const PATH = "/_local/dead-letters";

/** Returns the page with the dead letters as JSON. */
export const deadLetterPages = ({ list }: DeadLetters): Record<string, Page> => ({
  [PATH]: (_request, response) => sendJson(response, list()),
});

/**
 * Returns the pages that send dead letters again or delete them, by `?id=`. Their response has the
 * remaining dead letters.
 */
export function deadLetterActions({ list, send, remove }: DeadLetters): Record<string, Page> {
  const action =
    (act: (ids: string[]) => void): Page =>
    ({ url = "" }, response) => {
      const ids = new URLSearchParams(url.split("?", 2)[1]).getAll("id");
      try {
        act(ids);
      } catch (error) {
        return sendJson(response, { message: error instanceof Error ? error.message : "" }, 409);
      }
      sendJson(response, list());
    };
  return {
    [`${PATH}/send`]: action((ids) => ids.forEach(send)),
    [`${PATH}/delete`]: action(remove),
  };
}
