import { compileExpression, expressionForm, quotedForm, unquote } from "./literal.ts";
import { filterBy, type MessageFilter } from "./message-filter.ts";
import { invalidPattern, invalidToken } from "./pattern-errors.ts";

interface Term {
  /** `-` for a term that must be missing, `?` for one of which any is enough. */
  sign: string;
  isIn(message: string): boolean;
}

/** `ERROR`, `"a phrase"`, `%expression%`, `-excluded`, `?anyOf`. Other characters need quotes. */
const termForm = new RegExp(
  String.raw`\s*(?<sign>[-?]?)(?<term>${quotedForm}|${expressionForm}|\w+)(?!\S)\s*`,
  "sy",
);

/**
 * Terms are case-sensitive and match anywhere in the message, within a word too: on AWS `"admin"`
 * finds `fsxadmin`. Next to any other term, `?` terms have no effect.
 */
export function parseTermPattern(pattern: string): MessageFilter {
  const terms = readTerms(pattern);
  const anyOf = terms.filter(({ sign }) => sign === "?");
  if (anyOf.length > 0 && anyOf.length === terms.length)
    return filterBy((message) => anyOf.some((term) => term.isIn(message)));
  const others = terms.filter(({ sign }) => sign !== "?");
  return filterBy((message) => others.every((term) => term.isIn(message) !== (term.sign === "-")));
}

function readTerms(pattern: string): Term[] {
  const terms: Term[] = [];
  for (let position = 0; position < pattern.length; position = termForm.lastIndex) {
    termForm.lastIndex = position;
    const { sign, term } = termForm.exec(pattern)?.groups ?? {};
    if (sign === undefined || term === undefined) throw invalidTerm(pattern.slice(position));
    terms.push({ sign, isIn: search(term) });
  }
  return terms;
}

function search(term: string): (message: string) => boolean {
  if (term.startsWith("%")) {
    const expression = compileExpression(term);
    return (message) => expression.test(message);
  }
  const text = term.startsWith('"') ? unquote(term) : term;
  return (message) => message.includes(text);
}

const validStart = new RegExp(String.raw`^\s*[-?]?(?:${quotedForm}|${expressionForm}|\w+)?`, "s");

function invalidTerm(rest: string) {
  const invalid = rest.replace(validStart, "");
  return /^(?:$|[\s\w])/.test(invalid) ? invalidPattern() : invalidToken(invalid);
}
