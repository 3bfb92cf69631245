import * as fc from "fast-check";

/** Any UTF-16 code unit, including lone surrogates, and characters of every plane. */
const unit = fc.oneof(
  fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 1 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom("\u0000", "\ud800", "\udfff", "\ufeff", "\u2028", "\\", '"', "👨‍👩‍👧", "e\u0301"),
);

/** Any short text. */
export const anyString = fc.string({ unit, maxLength: 24 });

const escaped = (text: string) =>
  `"${Array.from({ length: text.length }, (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, "0")}`).join("")}"`;

/** The JSON texts of strings, with and without escapes. */
const writtenAsJson = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: texts.map((text) => JSON.stringify(text)) },
    { weight: 1, arbitrary: texts.map(escaped) },
  );

/** The JSON text of a string. */
export const stringText = writtenAsJson(anyString);

/** Names that have a meaning in JavaScript, in the protocol or in AWS. */
const MEANINGFUL =
  "__proto__ constructor prototype toString toJSON then length action data requestId connectionId text requestPayload requestContext";
const meaningfulKey = fc.constantFrom("", ...MEANINGFUL.split(" "));
const keyText = fc.oneof(writtenAsJson(meaningfulKey), stringText);

const numberText = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
  fc.constantFrom("-0", "1e400", "-1E-400", "1e20", "123456789012345678901234567890", "0.10"),
);

const space = fc.constantFrom("", "", "", " ", "\n\t", "\r\n");

/** Returns the text of an object. Keys may be repeated. */
export const objectText = (
  members: readonly (readonly [key: string, value: string])[],
  blank = "",
): string => `{${members.map(([key, value]) => `${key}:${blank}${value}`).join(`,${blank}`)}}`;

/** The text of any JSON value. */
export const { value: jsonText } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("null", "true", "false"),
    numberText,
    stringText,
    fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
    fc
      .tuple(fc.array(fc.tuple(keyText, tie("value")), { maxLength: 4 }), space)
      .map(([members, blank]) => objectText(members, blank)),
  ),
}));
