import type { Progress, Reply } from "../../shared/protocol.ts";
import type { Client } from "./client.ts";

/** A frame of a request. */
export type Frame = Progress | Reply;

export const parseFrame = (text: string): Frame => JSON.parse(text);

/** Reads the frames of one request as texts: the progress frames and the reply. */
export async function readTexts(client: Client): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const text = await client.nextText();
    texts.push(text);
    if (parseFrame(text).status !== "progress") return texts;
  }
}

/** Sends a request and reads its frames as texts. */
export async function askForTexts(client: Client, request: object): Promise<string[]> {
  client.send(request);
  return await readTexts(client);
}

/** Reads the frames of one request: the progress frames and the reply. */
export const readFrames = async (client: Client): Promise<Frame[]> =>
  (await readTexts(client)).map(parseFrame);

/** Sends a request and reads its frames. */
export async function askForFrames(client: Client, request: object): Promise<Frame[]> {
  client.send(request);
  return await readFrames(client);
}
