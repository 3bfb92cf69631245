import * as fc from "fast-check";
import { anyString, jsonText, objectText, stringText } from "./json-text.ts";

const quoted = (text: string) => JSON.stringify(text);

const absent = fc.constant(undefined);

const actionText = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom("echo", "reverse", "timestamp", "uppercase").map(quoted),
  },
  { weight: 1, arbitrary: fc.constantFrom("$connect", "__proto__", "constructor", "").map(quoted) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 127, max: 130 }).map((length) => quoted("a".repeat(length))),
  },
  { weight: 1, arbitrary: stringText },
  { weight: 1, arbitrary: jsonText },
  { weight: 1, arbitrary: absent },
);

const requestIdText = fc.oneof(
  { weight: 3, arbitrary: absent },
  { weight: 3, arbitrary: stringText },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 127, max: 130 }).map((length) => quoted("😀".repeat(length / 2))),
  },
  { weight: 1, arbitrary: jsonText },
);

const dataText = fc.oneof(
  { weight: 1, arbitrary: absent },
  { weight: 2, arbitrary: stringText.map((text) => objectText([[quoted("text"), text]])) },
  { weight: 2, arbitrary: jsonText },
);

/** Further members of a request. */
const extraMembers = fc.array(fc.tuple(stringText, jsonText), { maxLength: 2 });

/** A request with members of any type, in any order, some missing or repeated. */
export const envelope: fc.Arbitrary<string> = fc
  .record({ action: actionText, requestId: requestIdText, data: dataText, extra: extraMembers })
  .chain(({ action, requestId, data, extra }) => {
    const named = Object.entries({ action, requestId, data }).flatMap(([key, value]) =>
      value === undefined ? [] : [[quoted(key), value] as const],
    );
    const members = [...named, ...extra];
    return fc
      .shuffledSubarray(members, { minLength: members.length })
      .map((shuffled) => objectText(shuffled));
  });

/** A request for `echo`, with any data. */
export const echoRequest: fc.Arbitrary<string> = fc
  .tuple(jsonText, requestIdText)
  .map(([data, requestId]) =>
    objectText([
      [quoted("action"), quoted("echo")],
      [quoted("data"), data],
      ...(requestId === undefined ? [] : [[quoted("requestId"), requestId] as const]),
    ]),
  );

/** Text that is mostly almost JSON. */
export const garbage: fc.Arbitrary<string> = fc.oneof(
  anyString,
  jsonText,
  fc
    .tuple(envelope, fc.double({ min: 0, max: 1, noNaN: true }), anyString)
    .map(([text, place, inserted]) => {
      const index = Math.floor(place * text.length);
      return text.slice(0, index) + inserted.slice(0, 3) + text.slice(index + 1);
    }),
);

/** A request for `echo` with data of up to 12,000 levels of nested lists and objects. */
export const nestedRequest: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      fc.nat(300),
      fc.integer({ min: 300, max: 4000 }),
      fc.integer({ min: 4000, max: 12_000 }),
    ),
    fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  )
  .map(([levels, pattern]) => {
    const isObject = (level: number) => pattern[level % pattern.length] ?? false;
    const depths = Array.from({ length: levels }, (_, level) => isObject(level));
    const opening = depths.map((object) => (object ? '{"a":' : "[")).join("");
    const closing = depths
      .toReversed()
      .map((object) => (object ? "}" : "]"))
      .join("");
    return `{"action":"echo","requestId":"deep","data":${opening}1${closing}}`;
  });

const BLOCKS = ["x", "é", "€", "😀", "\\n", "\\u0000", "\\ud800", '\\"'];
const LIMIT = 128 * 1024;

/** A request for `echo` of up to 128 KB, mostly close to the limit. */
export const largeRequest: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...BLOCKS),
    fc.oneof(fc.integer({ min: LIMIT - 200, max: LIMIT }), fc.integer({ min: 30_000, max: LIMIT })),
    fc.constantFrom(
      '{"action":"echo","requestId":"large","data":"',
      '{"data":"',
      '{"action":"echo","data":"',
    ),
  )
  .map(([block, length, head]) => {
    const tail = head.includes("action") ? '"}' : '","action":"echo"}';
    const room = length - Buffer.byteLength(head + tail);
    const size = Buffer.byteLength(block);
    const filled = block.repeat(Math.floor(room / size)) + "y".repeat(room % size);
    return head + filled + tail;
  });

/** The positions at which to split a message into frames, as fractions of its length. */
export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
