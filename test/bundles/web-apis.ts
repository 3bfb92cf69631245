import * as v from "valibot";
import { defineAction } from "../../functions/processor/action.ts";

/** An action that uses APIs common to browsers and Node.js. */
export const webApis = defineAction({
  input: v.object({ text: v.string() }),
  run: async ({ text }) => {
    const blob = new Blob([text], { type: "text/plain" });
    const stream = new ReadableStream<string>({
      start(controller) {
        controller.enqueue(text);
        controller.close();
      },
    });
    const form = new FormData();
    form.set("file", blob, "a.txt");
    const file = (await new Response(form).formData()).get("file");
    const streamed: string[] = [];
    for await (const chunk of stream) streamed.push(chunk);
    const values: readonly unknown[] = [blob, file, stream, text];
    return {
      blob: await blob.text(),
      stream: streamed,
      file: file instanceof File ? [file.name, file.type, await file.text()] : null,
      fetched: await (await fetch("data:text/plain,hello")).text(),
      body: await new Response(blob.stream()).text(),
      blobs: values.map((value) => value instanceof Blob),
      streams: values.map((value) => value instanceof ReadableStream),
      types: [typeof Blob, typeof ReadableStream, typeof FormData],
    };
  },
});
