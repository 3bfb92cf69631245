import { notImplemented } from "../protocols/aws-error.ts";
import type { MessageFilter } from "./message-filter.ts";
import { type Comparison, compare, existence, literalOf } from "./json-comparison.ts";
import { invalidCharacter, invalidPattern, unquote } from "./pattern-errors.ts";

/**
 * `{ $.level = "ERROR" && ($.record.metrics.durationMs > 1000 || $.error IS NULL) }`. A message
 * that isn't JSON doesn't match.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseJsonPattern(pattern: string): MessageFilter {
  const tokens = tokenize(pattern);
  const take = () => tokens.shift() ?? "";
  expect(take(), "{");
  const condition = readAlternatives(tokens);
  expect(take(), "}");
  expect(take(), "");
  return (message) => {
    const value = jsonOf(message);
    return typeof value === "object" && value !== null && condition(value);
  };
}

function jsonOf(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

const tokenForm =
  /\s*(?<token>"(?:[^"\\]|\\.)*"|&&|\|\||[!<>]=|[{}()=<>]|\$(?:\.[^\s.[\]"()=<>!&|{}%*$]+|\[\d+\])+|[^\s"()=<>!&|{}%$[\]]+)\s*/y;

function tokenize(pattern: string): string[] {
  const tokens: string[] = [];
  for (let position = 0; position < pattern.length; position = tokenForm.lastIndex) {
    tokenForm.lastIndex = position;
    const token = tokenForm.exec(pattern)?.groups?.["token"];
    if (token === undefined) throw invalidToken(pattern.slice(position));
    tokens.push(token);
  }
  return tokens;
}

function invalidToken(rest: string) {
  const text = rest.trimStart();
  if (/^(\[|\$[^\s=<>!"]*\*)/.test(text))
    throw notImplemented("wildcard selectors in filter patterns");
  const character = text.charAt(0);
  return character === "" || character === '"' ? invalidPattern() : invalidCharacter(character);
}

function expect(token: string, wanted: string): void {
  if (token !== wanted) throw invalidPattern();
}

/** `&&` binds tighter than `||`. Each reader takes its tokens off the front. */
function readAlternatives(tokens: string[]): Comparison {
  const alternatives = [readConjunction(tokens)];
  while (tokens[0] === "||") {
    tokens.shift();
    alternatives.push(readConjunction(tokens));
  }
  return (value) => alternatives.some((holds) => holds(value));
}

function readConjunction(tokens: string[]): Comparison {
  const conditions = [readCondition(tokens)];
  while (tokens[0] === "&&") {
    tokens.shift();
    conditions.push(readCondition(tokens));
  }
  return (value) => conditions.every((holds) => holds(value));
}

function readCondition(tokens: string[]): Comparison {
  const first = tokens.shift() ?? "";
  if (first === "(") {
    const inner = readAlternatives(tokens);
    expect(tokens.shift() ?? "", ")");
    return inner;
  }
  if (!first.startsWith("$")) throw invalidPattern();
  const select = selector(first);
  const [operator = "", operand = ""] = tokens.splice(0, 2);
  if (operator.startsWith(".*")) throw notImplemented("wildcard selectors in filter patterns");
  const holds = comparisonWith(operator, operand);
  return (value) => holds(select(value));
}

function comparisonWith(operator: string, operand: string): Comparison {
  const quoted = operand.startsWith('"');
  if (!quoted && !/^[^{}()=<>!&|$]+$/.test(operand)) throw invalidPattern();
  const literal = quoted ? { text: unquote(operand) } : literalOf(operand);
  const comparison = existence[`${operator} ${operand}`] ?? compare(operator, literal);
  if (comparison === undefined) throw invalidPattern();
  return comparison;
}

/** `$.users[0].name`: undefined where a step leads nowhere. */
function selector(path: string): (value: unknown) => unknown {
  const steps = path.slice(1).match(/[^.[\]]+/g) ?? [];
  return (root) =>
    steps.reduce<unknown>((value, step) => {
      const leadsOn = typeof value === "object" && value !== null && Object.hasOwn(value, step);
      return leadsOn ? Reflect.get(value, step) : undefined;
    }, root);
}
