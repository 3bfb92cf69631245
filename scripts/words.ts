/** The words that the documentation, comments, messages and names of this repository avoid. */

/**
 * Each row: a pattern of words, and what to write instead. A space in a pattern matches any white space,
 * also a line break within a comment. Words with a good use in technical English do not belong here.
 */
export const AVOIDED: readonly (readonly [pattern: string, instead: string])[] = [
  // Clauses without a subject
  ["who(?:m?ever| asks?)", "the client, the caller, anyone who"],
  ["whatever", "any, each, regardless of"],
  ["those who", "clients that, users who"],
  ["(?:that|which|who|what|it|this) (?:is|are|was|were) no(?! (?:longer|more))", "is not a"],
  ["nothing (?:is|was) to be", "no … is needed"],
  ["(?:is|are|was|were|be|been|being) told", "is notified, receives, learns"],
  ["wants", "requires, needs, expects"],

  // Words that readers do not search for
  ["mend(?:s|ed|ing)?", "fix"],
  ["anew", "again"],
  ["in vain", "without success"],
  ["reckon(?:s|ed|ing)?", "calculate, count"],
  ["dear(?:er|est|ly)?", "expensive, slow"],
  ["(?:lie|lies|lying|lain)", "is in, are in, is at"],
  ["(?:lead|leads|led)", "point to, link to, cause, result in"],
  ["(?:bear|bears|bore|borne|bearing)", "have, support, handle"],
  ["for want of", "because there is no, without"],
  ["(?:come|comes|came|coming) to nothing", "fail"],
  ["(?:come|comes|came|coming) of", "result from"],
  ["(?:take|takes|took|taken|taking) (?:it|this|that|them) up", "pick up, handle"],
  ["so many", "that many, a limited number of"],
  ["beside", "next to, in addition to"],
  ["(?:can't|cannot|can not|could not|to) be had", "is unavailable, cannot be fetched"],
  ["the way of", "the path of, the steps of"],
  ["of (?:its|their|his|her|our|your|my) own", "its own, a separate"],
  ["as often as", "at a rate of"],
  ["without more", "by default"],

  // Several words for one concept, and spellings
  ["verdicts?", "outcome, result, status"],
  ["deaths?", "exit, crash"],
  ["time-outs?", "timeout"],
  ["sub-protocols?", "subprotocol"],
  ["back(?:-| )ends?", "backend"],
  ["(?:mis)?behaviours?", "behavior"],
  ["colour\\w*", "color"],
  ["(?:fav|hon|neighb)our\\w*", "favor, honor, neighbor"],
  ["licences?", "license"],
  ["(?:catalogue|centre|defence|grey|fulfil|whilst|amongst)s?", "the American spelling"],
  [
    "(?:analy|authori|capitali|customi|initiali|minimi|normali|optimi|organi|recogni|seriali|summari|synchroni)s(?:ed?|es|ing|ations?|ers?)(?<!analyses)",
    "the American spelling: -ize, analyze",
  ],
];

/** A word to avoid, in a text. */
export interface Finding {
  /** Counted from 1. */
  line: number;
  /** As it is in the text, in one line. */
  words: string;
  instead: string;
}

/** What separates two words: white space and, at a line break, the start of a line of a comment. */
const GAP = String.raw`(?:[^\S\n]+|[^\S\n]*\n[^\S\n]*(?:\*|\/\/+|#+|>)?[^\S\n]*)`;

const compile = (pattern: string) =>
  new RegExp(String.raw`(?<!\w)(?:${pattern.replaceAll(" ", GAP)})(?!\w)`, "gi");

const ROWS = AVOIDED.map(([pattern, instead]) => ({ words: compile(pattern), instead }));

/** Returns the words to avoid in a text, in the order of their lines. */
export function findWords(text: string): Finding[] {
  const findings = ROWS.flatMap(({ words, instead }) =>
    [...text.matchAll(words)].map(({ 0: match, index }) => ({
      line: text.slice(0, index).split("\n").length,
      words: match.replace(new RegExp(GAP, "g"), " "),
      instead,
    })),
  );
  return findings.toSorted((a, b) => a.line - b.line);
}
