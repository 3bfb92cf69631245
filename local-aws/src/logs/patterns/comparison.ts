import { compileExpression, readsAsNumber, unquote } from "./literal.ts";
import { invalidPattern, unexpected } from "./pattern-errors.ts";
import type { Tokens } from "./tokens.ts";

/** Whether a condition holds for a value: of a property in JSON, or of a field between spaces. */
export type Comparison = (value: unknown) => boolean;

/**
 * A number as it was written. AWS compares it with a number by value, and with anything else by its
 * text: `1.0` equals 1, but not "1".
 */
export class WrittenNumber {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  get value(): number {
    return Number(this.#text);
  }
}

const numberOf = (value: unknown): WrittenNumber | undefined => {
  if (typeof value === "number") return new WrittenNumber(String(value));
  return value instanceof WrittenNumber ? value : undefined;
};

/**
 * Whether an operand can equal the text of a number, so that the text matters. A number that is an
 * operand itself is compared by its value.
 */
export const canEqualNumberText = (operand: string): boolean =>
  operand.startsWith("%") ||
  (/^"?[\d.eE+*-]+"?$/.test(operand) && operand !== "*" && !readsAsNumber(operand));

/** The operand of a comparison. */
interface Literal {
  /** Undefined unless the operand is a number without quotes. */
  number: number | undefined;
  equalsText(text: string): boolean;
}

/** Reads an operator and its operand: `= "text"`, `>= 1`, `!= %expression%`. */
export function readComparison(tokens: Tokens): Comparison {
  const operator = tokens.take();
  const operand = tokens.take();
  switch (operator) {
    case "=":
      return equality(literalOf(operand), true);
    case "!=":
      return equality(literalOf(operand), false);
    case "<":
      return order(operand, (value, limit) => value < limit);
    case ">":
      return order(operand, (value, limit) => value > limit);
    case "<=":
      return order(operand, (value, limit) => value <= limit);
    case ">=":
      return order(operand, (value, limit) => value >= limit);
    default:
      throw invalidPattern();
  }
}

function order(operand: string, holds: (value: number, limit: number) => boolean): Comparison {
  const { number } = literalOf(operand);
  if (number === undefined) throw unexpected(operand);
  return (value) => {
    const written = numberOf(value);
    return written !== undefined && holds(written.value, number);
  };
}

/**
 * Only texts and numbers can be equal or differ. No comparison holds for a property that is missing,
 * null, true, false, an object or an array.
 */
function equality({ number, equalsText }: Literal, wanted: boolean): Comparison {
  return (value) => {
    if (typeof value === "string") return equalsText(value) === wanted;
    const written = numberOf(value);
    if (written === undefined) return false;
    const isEqual = number === undefined ? equalsText(written.text) : written.value === number;
    return isEqual === wanted;
  };
}

function literalOf(operand: string): Literal {
  if (operand.startsWith("%")) {
    const expression = compileExpression(operand);
    return { number: undefined, equalsText: (text) => expression.test(text) };
  }
  if (operand.startsWith('"'))
    return { number: undefined, equalsText: wildcards(unquote(operand)) };
  if (operand === "null" || !/^[\w.*+-]+$/.test(operand)) throw invalidPattern();
  const number = readsAsNumber(operand) ? Number(operand) : undefined;
  return { number, equalsText: wildcards(operand) };
}

/** `*` in a text stands for any characters. */
function wildcards(form: string): (text: string) => boolean {
  if (!form.includes("*")) return (text) => text === form;
  const parts = form.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join(".*")}$`, "s");
  return (text) => expression.test(text);
}
