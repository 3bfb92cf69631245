/** All open questions. */
import { connections } from "./connections.ts";
import { durations } from "./durations.ts";
import { messages } from "./messages.ts";
import type { Question } from "./question.ts";
import { settings } from "./settings.ts";

export const questions: readonly Question[] = [
  ...durations,
  ...messages,
  ...connections,
  ...settings,
];
