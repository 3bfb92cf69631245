/** Whether a condition holds for the value of a property: undefined where there is none. */
export type Comparison = (value: unknown) => boolean;

/** What stands right of an operator. */
export type Literal = { text: string } | { number: number };

const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** An operand without quotes: a number where it reads like one. */
export const literalOf = (operand: string): Literal =>
  numberForm.test(operand) ? { number: Number(operand) } : { text: operand };

export const existence: Readonly<Record<string, Comparison>> = {
  "IS NULL": (value) => value === null,
  "IS TRUE": (value) => value === true,
  "IS FALSE": (value) => value === false,
  "NOT EXISTS": (value) => value === undefined,
};

/** The comparison with a literal; undefined for an operator that it doesn't have. */
export function compare(operator: string, literal: Literal): Comparison | undefined {
  const equals = equality(literal);
  if (operator === "=") return (value) => isScalar(value) && equals(value);
  // A property that is missing differs from nothing, as observed on AWS:
  // https://github.com/DataBiosphere/azul/issues/5884
  if (operator === "!=") return (value) => isScalar(value) && !equals(value);
  return "number" in literal ? order(operator, literal.number) : undefined;
}

function order(operator: string, limit: number): Comparison | undefined {
  switch (operator) {
    case "<":
      return (value) => typeof value === "number" && value < limit;
    case ">":
      return (value) => typeof value === "number" && value > limit;
    case "<=":
      return (value) => typeof value === "number" && value <= limit;
    case ">=":
      return (value) => typeof value === "number" && value >= limit;
    default:
      return undefined;
  }
}

const isScalar = (value: unknown) =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/**
 * `*` in a text stands for anything, also in numbers and booleans. Our choice: without a `*`, text
 * equals only strings and a number only numbers.
 */
function equality(literal: Literal): Comparison {
  if ("number" in literal) return (value) => value === literal.number;
  if (!literal.text.includes("*")) return (value) => value === literal.text;
  const parts = literal.text.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const form = new RegExp(`^${parts.join(".*")}$`, "s");
  return (value) => form.test(String(value));
}
