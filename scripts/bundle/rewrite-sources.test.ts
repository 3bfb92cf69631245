import { expect, test } from "vitest";
import { inlineConstantKeys, nameErrorClasses, onlyVersion } from "./rewrite-sources.ts";

test.for([
  [
    "export class GoneException extends __BaseException {",
    'export class GoneException extends __BaseException { static name = "GoneException";',
  ],
  [
    "var ValiError = class extends Error {",
    'var ValiError = class extends Error { static name = "ValiError";',
  ],
  ["class PostCommand extends command(a) {", "class PostCommand extends command(a) {"],
])("%s gets its name, where it is an error's", ([source, rewritten]) => {
  expect(nameErrorClasses(source ?? "")).toBe(rewritten);
});

test("a key that is a constant becomes its text, and any other key stays", () => {
  const constants = 'const _h = "http";\nconst _n = number;\n';
  expect(inlineConstantKeys(`${constants}[9, _h, { [_h]: 1, [_n]: 2, [_x]: 3 }]`)).toBe(
    `${constants}[9, _h, { "http": 1, [_n]: 2, [_x]: 3 }]`,
  );
});

test("of a package.json the version is left", () => {
  expect(onlyVersion('{ "version": "1.2.3", "scripts": {} }')).toBe('{"version":"1.2.3"}');
});
