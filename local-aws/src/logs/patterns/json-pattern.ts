import { invalidParameter } from "../log-errors.ts";
import {
  canEqualNumberText,
  type Comparison,
  readComparison,
  WrittenNumber,
} from "./comparison.ts";
import { type Condition, readCondition } from "./condition.ts";
import { filterBy, type MessageFilter } from "./message-filter.ts";
import { invalidPattern, unexpected } from "./pattern-errors.ts";
import { parseSelector, type Selector } from "./selector.ts";
import { type Tokens, tokenize } from "./tokens.ts";

const MAX_WILDCARD_SELECTORS = 3;

/**
 * `{ $.level = "ERROR" && ($.record.metrics.durationMs > 1000 || $.error IS NULL) }`. Matches only
 * messages that are a JSON object.
 */
export function parseJsonPattern(pattern: string): MessageFilter {
  const tokens = tokenize(pattern, "json");
  const readSelector = createSelectorReader();
  // Parsing takes several times as long if it keeps the text of each number.
  const reviver = tokens.some(canEqualNumberText) ? keepText : undefined;
  tokens.expect("{");
  const condition = readCondition(tokens, () => readTest(tokens, readSelector(tokens)));
  tokens.expect("}");
  tokens.expect("");
  return filterBy((message) => {
    const value = parseObject(message, reviver);
    return value !== undefined && condition(value);
  });
}

/** Returns undefined for a message that is not a JSON object. */
function parseObject(message: string, reviver: typeof keepText | undefined): object | undefined {
  if (!message.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(message, reviver);
  } catch {
    return undefined;
  }
}

const keepText = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === "number" ? new WrittenNumber(context?.source ?? String(value)) : value;

function createSelectorReader(): (tokens: Tokens) => Selector {
  let wildcardSelectors = 0;
  return (tokens) => {
    const token = tokens.take();
    if (!token.startsWith("$")) throw invalidPattern();
    const { select, wildcards } = parseSelector(token);
    if (wildcards > 1)
      throw invalidParameter(
        "Your filter pattern has a JSON path selector that exceeds the maximum of 1 wildcard allowed per json selector.",
      );
    wildcardSelectors += wildcards;
    if (wildcardSelectors > MAX_WILDCARD_SELECTORS)
      throw invalidParameter(
        `Your input has exceeded the maximum of ${MAX_WILDCARD_SELECTORS} JSON wildcard selectors allowed per filter pattern.`,
      );
    return select;
  };
}

/** A condition holds if it holds for any of the values that its selector selects. */
function readTest(tokens: Tokens, select: Selector): Condition {
  if (tokens.peek() === "NOT") {
    tokens.take();
    tokens.expect("EXISTS");
    return (root) => select(root).length === 0;
  }
  const holds = tokens.peek() === "IS" ? readState(tokens) : readComparison(tokens);
  return (root) => select(root).some(holds);
}

const states: Readonly<Record<string, Comparison>> = {
  NULL: (value) => value === null || (Array.isArray(value) && value.includes(null)),
  TRUE: (value) => value === true,
  FALSE: (value) => value === false,
};

/** Reads `IS NULL`, `IS TRUE` or `IS FALSE`. */
function readState(tokens: Tokens): Comparison {
  tokens.expect("IS");
  const name = tokens.take();
  const holds = Object.hasOwn(states, name) ? states[name] : undefined;
  if (holds === undefined) throw unexpected(name);
  return holds;
}
