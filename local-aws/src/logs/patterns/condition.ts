import type { Tokens } from "./tokens.ts";

/** Whether a condition holds for the value of a message: a parsed JSON object, or one of its fields. */
export type Condition = (value: unknown) => boolean;

/**
 * Reads conditions that `&&`, `||` and parentheses join. `&&` binds tighter than `||`.
 * @param readTest reads one condition without parentheses.
 */
export function readCondition(tokens: Tokens, readTest: (tokens: Tokens) => Condition): Condition {
  const alternatives = readJoined(tokens, "||", () =>
    readJoined(tokens, "&&", () => readTerm(tokens, readTest)),
  );
  return any(alternatives.map(all));
}

function readJoined<Part>(tokens: Tokens, operator: string, readPart: () => Part): Part[] {
  const parts = [readPart()];
  while (tokens.peek() === operator) {
    tokens.take();
    parts.push(readPart());
  }
  return parts;
}

function readTerm(tokens: Tokens, readTest: (tokens: Tokens) => Condition): Condition {
  if (tokens.peek() !== "(") return readTest(tokens);
  tokens.take();
  const inner = readCondition(tokens, readTest);
  tokens.expect(")");
  return inner;
}

const all =
  (conditions: readonly Condition[]): Condition =>
  (value) =>
    conditions.every((holds) => holds(value));

const any =
  (conditions: readonly Condition[]): Condition =>
  (value) =>
    conditions.some((holds) => holds(value));
