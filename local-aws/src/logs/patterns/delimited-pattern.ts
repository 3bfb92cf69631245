import { invalidParameter } from "../log-errors.ts";
import { readComparison, WrittenNumber } from "./comparison.ts";
import { type Condition, readCondition } from "./condition.ts";
import { readsAsNumber } from "./literal.ts";
import type { MessageFilter } from "./message-filter.ts";
import { invalidPattern } from "./pattern-errors.ts";
import { type Tokens, tokenize } from "./tokens.ts";

/** One field of a pattern. The name `...` stands for any number of fields. */
interface Field {
  name: string;
  holds: Condition;
}

/** A field of a message. */
interface Value {
  text: string;
  /** Where it begins in the message. */
  start: number;
}

const ELLIPSIS = "...";

/**
 * `[ip, user, ..., status = 4* && status != 404, bytes > 1000]` for messages whose fields are
 * separated by spaces. `[]` is the same as `[...]`.
 */
export function parseDelimitedPattern(pattern: string): MessageFilter {
  const fields = readFields(tokenize(pattern, "delimited"));
  return (message) => {
    const extracted = extract(message, fields);
    if (extracted === undefined) return undefined;
    const isMatch = fields.every(({ name, holds }) => holds(comparable(extracted.get(name) ?? "")));
    if (!isMatch) return undefined;
    return Object.fromEntries([...extracted].map(([name, text]) => [`$${name}`, text]));
  };
}

function readFields(tokens: Tokens): Field[] {
  tokens.expect("[");
  const fields = tokens.peek() === "]" ? [{ name: ELLIPSIS, holds: always }] : [readField(tokens)];
  while (tokens.peek() === ",") {
    tokens.take();
    const field = readField(tokens);
    if (fields.some(({ name }) => name === field.name))
      throw invalidParameter(`Duplicate field '${field.name}'`);
    fields.push(field);
  }
  tokens.expect("]");
  tokens.expect("");
  return fields;
}

const always: Condition = () => true;

/** A name alone, or conditions in each of which the name is repeated. */
function readField(tokens: Tokens): Field {
  const name = tokens.peek();
  if (name !== ELLIPSIS && !/^[\w-]+$/.test(name)) throw invalidPattern();
  if (name === ELLIPSIS || [",", "]"].includes(tokens.peek(1)))
    return { name: tokens.take(), holds: always };
  const holds = readCondition(tokens, () => {
    tokens.expect(name);
    return readComparison(tokens);
  });
  return { name, holds };
}

/** A text that reads as a number is compared as a number. */
const comparable = (text: string) => (readsAsNumber(text) ? new WrittenNumber(text) : text);

/**
 * The fields of a message by the names that the pattern has for them; a field that `...` stands for
 * is named by its position. Without `...`, the last name stands for the rest of the message.
 * @returns undefined if the message has fewer fields than the pattern.
 */
function extract(message: string, fields: readonly Field[]): Map<string, string> | undefined {
  const values = split(message);
  const names = fields.map(({ name }) => name);
  const ellipsis = names.indexOf(ELLIPSIS);
  if (ellipsis !== -1) {
    const covered = values.length - (names.length - 1);
    if (covered < 0) return undefined;
    names.splice(ellipsis, 1, ...Array.from({ length: covered }, (_, i) => `${ellipsis + i + 1}`));
  }
  if (values.length === 0 || values.length < names.length) return undefined;
  const last = names.length - 1;
  return new Map(
    names.map((name, index) => {
      const { text = "", start } = values[index] ?? {};
      const isRest = index === last && values.length > names.length;
      return [name, isRest ? message.slice(start).trimEnd() : text];
    }),
  );
}

/** Brackets and quotes hold a field together. Without their end, they are ordinary characters. */
const valueForm = /\[(?<inBrackets>[^\]]*)\](?!\S)|"(?<inQuotes>(?:[^"\\]|\\.)*)"(?!\S)|\S+/gs;

const split = (message: string): Value[] =>
  [...message.matchAll(valueForm)].map(({ 0: whole, index: start, groups }) => ({
    text: groups?.["inBrackets"] ?? groups?.["inQuotes"] ?? whole,
    start,
  }));
