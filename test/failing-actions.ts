/** Actions, one for each way to fail. */
import * as v from "valibot";
import { defineAction } from "../functions/processor/action.ts";

const action = <Result>(run: () => Result) => defineAction({ input: v.unknown(), run });

export const throws = action(() => {
  throw new TypeError("planted");
});

export const rejects = action(() => Promise.reject(new TypeError("planted")));

export const hangs = action(() => new Promise(() => setInterval(() => {}, 1000)));

export const loops = action(() => {
  for (;;);
});

export const exits = action(() => process.exit(3));

export const fills = action(() => {
  const kept: number[][] = [];
  for (;;) kept.push(Array.from({ length: 1e6 }, () => kept.length));
});
