import { createApi, openKnown } from "./api.ts";
import type { Observed, Question } from "./question.ts";
import { connect, open, type SocketClient } from "./web-socket.ts";

const KB = 1024;

/** Which route a message gets, and which frames API Gateway sends itself. */
export const messages: Question[] = [
  {
    settles: "OPEN-4",
    question: "Which route gets a message with the action $connect or $disconnect?",
    minutes: 1,
    async ask(bench, openApi) {
      const withDefault = (await openApi()).url("dev");
      const bare = await createApi(bench, "bare", { routes: { $connect: {} }, stages: ["dev"] });
      return {
        withDefault: await repliesTo(await open(withDefault), ["$connect", "$disconnect"]),
        withoutDefault: await repliesTo(await open(bare.url("dev")), ["$connect", "$disconnect"]),
      };
    },
  },
  {
    settles: "OPEN-5",
    question: "Which route gets a value that is not a string?",
    minutes: 1,
    async ask(_bench, openApi) {
      const values = [1, 1.0, true, null, ["1"], [1], { a: 1 }, ""];
      return await repliesTo(await open((await openApi()).url("dev")), values);
    },
  },
  {
    settles: "OPEN-6",
    question:
      "What does a client receive for a message, and for a connect, over the stage's limit?",
    minutes: 2,
    async ask(bench) {
      const api = await createApi(bench, "throttled", {
        routes: { $connect: {}, $default: {}, other: {} },
        stages: ["dev"],
        throttling: { rate: 1, burst: 5 },
      });
      const client = await open(api.url("dev"));
      const send = async (message: object) => {
        for (let count = 0; count < 20; count += 1) client.send(message);
        return tally(await client.rest(bench.patience));
      };
      const first = await send({ action: "any" });
      // Whether the routes share one limit shows in whether this one is used up already.
      const other = await send({ action: "other" });
      const connects = await Promise.all(Array.from({ length: 20 }, () => connect(api.url("dev"))));
      const refused = connects.filter((result) => "status" in result);
      return {
        frames: first,
        framesOfOtherRoute: other,
        isOpen: client.ended() === undefined,
        connectsRefused: refused.length,
        refusal: refused[0] === undefined ? null : { ...refused[0] },
      };
    },
  },
  {
    settles: "OPEN-7",
    question: "What does a client receive if the integration times out?",
    minutes: 1,
    async ask(bench, openApi) {
      const client = await open((await openApi()).url("dev"));
      client.send({ action: "slow", do: "slow" });
      const frames = await client.rest(bench.patience);
      const api = await createApi(bench, "slow", {
        routes: { $connect: { timeout: 200 } },
        stages: ["dev"],
      });
      const refused = await connect(`${api.url("dev")}?do=slow`);
      return { frames, connect: "status" in refused ? { ...refused } : "open" };
    },
  },
  {
    settles: "OPEN-8",
    question: "Which reason does the close frame 1009 have?",
    minutes: 1,
    async ask(_bench, openApi) {
      const url = (await openApi()).url("dev");
      const [frame, message] = await Promise.all([open(url), open(url)]);
      frame.send("x".repeat(33 * KB));
      for (let sent = 0; sent < 160 * KB; sent += 32 * KB)
        message.socket.send("x".repeat(32 * KB), { fin: sent === 128 * KB });
      return { frame: await closeOf(frame), message: await closeOf(message) };
    },
  },
  {
    settles: "OPEN-9",
    question: "What does a client receive for a response of a function that has a wrong form?",
    minutes: 1,
    async ask(bench, openApi) {
      const url = (await openApi()).url("dev");
      const forms = ["throw", "string", "number", "nothing", "noStatus", "object"];
      const frames: Record<string, Observed> = {};
      const connects: Record<string, Observed> = {};
      for (const form of forms) {
        const { client } = await openKnown(url);
        client.send({ do: form });
        frames[form] = await client.rest(bench.patience);
        client.socket.close();
        const result = await connect(`${url}?do=${form}`);
        connects[form] = "status" in result ? { ...result } : "open";
        if ("socket" in result) result.socket.close();
      }
      return { frames, connects };
    },
  },
];

/** The replies to messages with these actions: the route that ran, or the frame. */
async function repliesTo(client: SocketClient, actions: readonly Observed[]): Promise<Observed> {
  const replies: { action: Observed; reply: Observed }[] = [];
  for (const action of actions) {
    client.send({ action });
    const text = await client.next(8000);
    const routeKey = routeKeyOf(text);
    replies.push({ action, reply: routeKey === undefined ? text : { routeKey } });
  }
  client.socket.close();
  return replies;
}

/** How many frames there are of each kind, without the IDs in them. */
function tally(frames: readonly string[]): Observed {
  const counts: Record<string, number> = {};
  for (const frame of frames) {
    const routeKey = routeKeyOf(frame);
    const kind =
      routeKey === undefined
        ? frame.replaceAll(/"(connectionId|requestId)": ?"[^"]*"/g, '"$1":"…"')
        : `the function ran for ${routeKey}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** The route that the function ran for, if it sent the frame. */
function routeKeyOf(frame: string | null): string | undefined {
  return /^\{"routeKey":"([^"]*)"/.exec(frame ?? "")?.[1];
}

async function closeOf(client: SocketClient): Promise<Observed> {
  const frames = await client.rest(0);
  const ended = client.ended();
  return { frames, close: ended === undefined ? null : { code: ended.code, reason: ended.reason } };
}
