import { expect, test } from "vitest";
import { commonPrefix } from "./page/function-names.ts";

test.for([
  [["chat-handler", "chat-processor"], "chat-"],
  [["my-chat-handler", "my-chat-processor", "my-chat-p"], "my-chat-"],
  [["chat-process", "chat-processor"], "chat-"],
  [["handler", "processor"], ""],
  [["process", "processor"], ""],
  [["chat-handler"], ""],
  [[], ""],
] as const)("%j start with %j", ([names, prefix]) => {
  expect(commonPrefix(names)).toBe(prefix);
});
