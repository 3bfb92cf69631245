import { quotedForm, unquote } from "./literal.ts";

const step = String.raw`(?:[\w-]+|\*|\[(?:\d+|\*|'(?:[^'\\]|\\.)*'|${quotedForm})\])`;
/** The form of a selector in a JSON pattern. */
export const selectorForm = String.raw`\$\.${step}(?:\.${step}|(?=\[)${step})*`;

/** Finds the values that a selector selects: none, one, or several with a wildcard. */
export type Selector = (root: unknown) => readonly unknown[];

/** One step from a value to the values below it. */
type Step = (value: unknown) => readonly unknown[];

const stepForm =
  /\[(?<index>\d+)\]|\[(?<quoted>["'].*?(?<!\\)["'])\]|(?<wildcard>\[?\*\]?)|(?<name>[\w-]+)/gs;

/** Parses a selector such as `$.users[0].name`, `$.['a.b']` or `$.tags[*]`. */
export function parseSelector(text: string): { select: Selector; wildcards: number } {
  const parts = [...text.slice("$.".length).matchAll(stepForm)].map(({ groups = {} }) => groups);
  const steps = parts.map(({ index, quoted, name = "", wildcard }): Step => {
    if (wildcard !== undefined) return everyValue;
    if (index !== undefined) return elementAt(Number(index));
    return memberNamed(quoted === undefined ? name : unquote(quoted));
  });
  return {
    select: (root) =>
      steps.reduce<readonly unknown[]>((values, step) => values.flatMap(step), [root]),
    wildcards: parts.filter(({ wildcard }) => wildcard !== undefined).length,
  };
}

const exactForm = new RegExp(String.raw`^(?:${selectorForm}|\$[\w-]+)$`, "s");

/** Whether a text selects one value: a property of JSON, or a field between spaces such as `$status`. */
export const isExactSelector = (text: string): boolean =>
  exactForm.test(text) && parseSelector(text).wildcards === 0;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const everyValue: Step = (value) => (isObject(value) ? Object.values(value) : []);

const elementAt =
  (index: number): Step =>
  (value) =>
    Array.isArray(value) && index < value.length ? [value[index]] : [];

const memberNamed =
  (name: string): Step =>
  (value) =>
    isObject(value) && !Array.isArray(value) && Object.hasOwn(value, name)
      ? [Reflect.get(value, name)]
      : [];
