import { type RawResponse, request } from "../signed-request.ts";
import { openKnown } from "./api.ts";
import type { Observed, Question } from "./question.ts";
import { connect } from "./web-socket.ts";

/** The API Gateway Management API, and the response to the upgrade. */
export const connections: Question[] = [
  {
    settles: "OPEN-10",
    question: "What does @connections return for an ID of the right form that was never issued?",
    minutes: 1,
    async ask(bench, openApi) {
      const api = await openApi();
      const { client, connectionId } = await openKnown(api.url("dev"));
      const ids = {
        firstCharacterChanged: changed(connectionId, 0),
        middleCharacterChanged: changed(connectionId, 9),
        lastCharacterChanged: changed(connectionId, connectionId.replace(/=+$/, "").length - 1),
        otherForm: "AAAAAAAAAAAAAAA=",
      };
      const credentials = await bench.apigateway.config.credentials();
      const observed: Record<string, Observed> = {};
      for (const [name, id] of Object.entries(ids))
        for (const method of ["GET", "POST", "DELETE"]) {
          const url = `${api.management("dev")}/@connections/${encodeURIComponent(id)}`;
          const response = await request(
            { method, url, ...(method === "POST" && { body: Buffer.from("hello") }) },
            { service: "execute-api", region: bench.region, credentials },
          );
          observed[`${method} ${name}`] = describe(response, id);
        }
      client.socket.close();
      return observed;
    },
  },
  {
    settles: "OPEN-11",
    question: "What does @connections return before $connect has returned?",
    minutes: 1,
    async ask(_bench, openApi) {
      const result = await connect(`${(await openApi()).url("dev")}?do=manage`);
      return "status" in result ? { status: result.status, body: result.body } : "open";
    },
  },
  {
    settles: "OPEN-12",
    question: "Which headers of a $connect response does the client receive?",
    minutes: 1,
    async ask(_bench, openApi) {
      const result = await connect(`${(await openApi()).url("dev")}?do=headers`);
      if ("socket" in result) result.socket.close();
      return result.headers;
    },
  },
];

/** The ID with another character at a place. */
const changed = (id: string, index: number): string =>
  id.slice(0, index) + (id[index] === "A" ? "E" : "A") + id.slice(index + 1);

const describe = ({ status, headers, body }: RawResponse, id: string): Observed => ({
  status,
  errorType: headers.get("x-amzn-errortype"),
  body: body.replaceAll(id, "…"),
});
