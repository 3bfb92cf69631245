import { describe, expect, test } from "vitest";
import { AVOIDED, findWords } from "./words.ts";

/** One sentence for each row, in the order of the rows. */
const EXAMPLES = [
  "Whoever asks gets a reply.",
  "It fails whatever the client sends.",
  "Those who wait get a reply.",
  "A text that is no JSON is refused.",
  "Nothing is to be done.",
  "The client is told.",
  "The stack wants a token.",
  "How to mend the client.",
  "It starts anew.",
  "It waited in vain.",
  "We reckon with it.",
  "A stack trace is dear.",
  "The job lies in the queue.",
  "The link leads there.",
  "It bears a load.",
  "It fails for want of a key.",
  "It comes to nothing.",
  "What comes of it.",
  "A worker takes it up.",
  "It handles only so many.",
  "One beside the other.",
  "The keys can't be had.",
  "The way of a message.",
  "It has a name of its own.",
  "It fails as often as that.",
  "Without more, anyone may connect.",
  "The verdict of the trace.",
  "The death of a process.",
  "After the time-out.",
  "A sub-protocol.",
  "A serverless back end.",
  "The behaviour of AWS.",
  "A coloured line.",
  "In favour of it.",
  "MIT licence.",
  "A catalogue.",
  "It is authorised.",
];

describe("the list of words", () => {
  test.for(AVOIDED.map(([pattern, instead], row) => [pattern, instead, EXAMPLES[row]] as const))(
    "has an example of %s",
    ([, instead, example]) => {
      expect(findWords(`first line\n${example}`)).toMatchObject([{ line: 2, instead }]);
    },
  );

  test.for(["\n", "\n * ", "\n// ", "\n  # ", "\n> ", "   "])("finds words across %j", (gap) => {
    const text = `/** The job that${gap}is${gap}no job */`;
    expect(findWords(text)).toMatchObject([{ line: 1, words: "that is no" }]);
  });

  test("does not find them in two paragraphs", () => {
    expect(findWords("what that\n\nis no text")).toEqual([]);
  });

  test("finds all words of a text, in the order of the lines", () => {
    const words = findWords("It lies.\nIn vain, so many\ntime-outs lie.").map((finding) => [
      finding.line,
      finding.words,
    ]);
    expect(words).toEqual([
      [1, "lies"],
      [2, "In vain"],
      [2, "so many"],
      [3, "lie"],
      [3, "time-outs"],
    ]);
  });

  test.for([
    "Task timed out after 3.00 seconds",
    "Endpoint request timed out",
    "Could not unzip uploaded file. Please check your file, then try to upload again.",
    "The role defined for the function cannot be assumed by Lambda.",
    "1 validation error detected: Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1",
    "CloudWatch Logs role ARN must be set in account settings to enable logging",
    "User: anonymous is not authorized to perform: execute-api:ManageConnections on resource: arn",
    "The specified queue does not exist or you do not have access to it.",
    "ENOTFOUND, EBEHAVIOR, ERR_BEARER",
    "Authorization: Bearer token",
    "It is no longer in the leading part.",
    "There is no such action. The reply relies on it.",
    "const verdictOf = pickUp(besides, timeout);",
  ])("takes as it is: %s", (text) => {
    expect(findWords(text)).toEqual([]);
  });
});
