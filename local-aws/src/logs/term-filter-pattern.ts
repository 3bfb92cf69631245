import type { MessageFilter } from "./message-filter.ts";
import { invalidCharacter, invalidPattern, unquote } from "./pattern-errors.ts";

/** `ERROR`, `"a phrase"`, `-excluded`, `?anyOf`. Anything but letters, digits and _ needs quotes. */
const termForm = /\s*(?<sign>[-?]?)(?<term>"(?:[^"\\]|\\.)*"|[A-Za-z0-9_]+)(?=\s|$)\s*/y;

/**
 * Terms are case-sensitive and match anywhere in the message, within a word too: on AWS `"admin"`
 * finds `fsxadmin`.
 */
export function parseTermPattern(pattern: string): MessageFilter {
  const terms = readTerms(pattern);
  const withSign = (sign: string) => terms.filter((term) => term.sign === sign);
  const [required, excluded, anyOf] = [withSign(""), withSign("-"), withSign("?")];
  const has = (message: string) => (term: Term) => message.includes(term.text);
  // As observed on AWS: a lone `-` beside `?` terms is one more alternative, while next to
  // required terms `?` ones count for nothing.
  if (required.length === 0 && anyOf.length > 0) {
    return (message) =>
      anyOf.some(has(message)) || (excluded.length > 0 && !excluded.some(has(message)));
  }
  return (message) => required.every(has(message)) && !excluded.some(has(message));
}

interface Term {
  sign: string;
  text: string;
}

function readTerms(pattern: string): Term[] {
  const terms: Term[] = [];
  for (let position = 0; position < pattern.length; position = termForm.lastIndex) {
    termForm.lastIndex = position;
    const { sign, term } = termForm.exec(pattern)?.groups ?? {};
    if (sign === undefined || term === undefined) throw invalidTerm(pattern.slice(position));
    terms.push({ sign, text: term.startsWith('"') ? unquote(term) : term });
  }
  return terms;
}

function invalidTerm(rest: string) {
  const [character] = /[^A-Za-z0-9_\s]/.exec(rest.replace(/^\s*[-?]/, "")) ?? [];
  return character === undefined || character === '"'
    ? invalidPattern()
    : invalidCharacter(character);
}
