/** Messages and frames that try to crash the functions, and the expected outcome of each. */

const KB = 1024;

/** A message, and the expected keys of its reply. */
type Row = [title: string, text: string, reply: object];

const request = (data: string) => `{"action":"echo","requestId":"hostile","data":${data}}`;
const lists = (inner: string, levels: number) => "[".repeat(levels) + inner + "]".repeat(levels);
const objects = (inner: string, levels: number) =>
  '{"a":'.repeat(levels) + inner + "}".repeat(levels);

const invalidRequest = (message: string) => ({
  action: "echo",
  status: "error",
  error: { code: "INVALID_REQUEST", message },
  requestId: "hostile",
});
const TOO_DEEP = invalidRequest("The message is nested more than 1,000 levels deep.");
const INVALID_JSON = { action: null, error: { code: "INVALID_JSON" } };
const result = (value: unknown) => ({
  action: "echo",
  status: "success",
  result: value,
  requestId: "hostile",
});
/** Returns a row that expects `echo` to return the same value. */
const echoed = (title: string, data: string): Row => [
  title,
  request(data),
  result(JSON.parse(data)),
];

/** The members that a polluted prototype would have: those that the probe and the functions read. */
const POISON =
  '{"polluted":true,"text":"polluted","action":"echo","requestId":"polluted","toJSON":1,"then":1,"run":1,"input":1}';

const pollutions = [
  [`"__proto__":${POISON}`, "__proto__"],
  [`"\\u005f_proto__":${POISON}`, "__proto__"],
  [`"\\u005f\\u005f\\u0070roto\\u005F_":${POISON}`, "__proto__"],
  [`"constructor":{"prototype":${POISON}}`, "constructor"],
  [`"c\\u006fnstructor":{"\\u0070rototype":${POISON}}`, "constructor"],
  ['"__proto__":null', "__proto__"],
] as const;

const pollutionRows = pollutions.flatMap(([member, key]): Row[] => {
  const expected = invalidRequest(`The key ${JSON.stringify(key)} is not allowed.`);
  return [
    [
      `${member.slice(0, 40)} at the top`,
      `{"action":"echo","requestId":"hostile",${member}}`,
      expected,
    ],
    ...[1, 2, 10, 900].flatMap((levels): Row[] => [
      [
        `${member.slice(0, 40)} in ${levels} lists`,
        request(lists(`{${member}}`, levels)),
        expected,
      ],
      [
        `${member.slice(0, 40)} in ${levels} objects`,
        request(objects(`{${member}}`, levels)),
        expected,
      ],
    ]),
  ];
});

const keys = (count: number) =>
  `{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join()}}`;

export const messages: Row[] = [
  ...pollutionRows,
  echoed("999 lists in a message", lists("", 999)),
  echoed("998 objects in a message", objects("{}", 998)),
  ["1,000 lists in a message", request(lists("", 1000)), TOO_DEEP],
  ["65,000 lists", request(lists("", 65_000)), TOO_DEEP],
  ["20,000 objects", request(objects("{}", 20_000)), TOO_DEEP],
  ["100,000 lists without an end", "[".repeat(100_000), { error: TOO_DEEP.error }],
  echoed("a key of 100 KB", `{"${"k".repeat(100 * KB)}":1}`),
  [
    "an unknown key of 100 KB",
    `{"action":"echo","requestId":"hostile","${"k".repeat(100 * KB)}":1}`,
    { action: "echo", status: "success", requestId: "hostile" },
  ],
  [
    "an action of 100 KB",
    `{"action":"${"a".repeat(100 * KB)}"}`,
    { error: { code: "INVALID_REQUEST" } },
  ],
  // These are infinite in JavaScript, and JSON has no infinity.
  ["the number 1e400", request("1e400"), result(null)],
  ["a number of 100,000 digits", request("9".repeat(100_000)), result(null)],
  echoed("100,000 decimal places", `0.${"3".repeat(100_000)}`),
  [
    "a number as requestId",
    '{"action":"echo","requestId":1e400}',
    { action: "echo", status: "error" },
  ],
  echoed("10,000 keys", keys(10_000)),
  [
    "repeated keys",
    '{"action":"nonsense","requestId":"first","action":"echo","requestId":"hostile","data":1,"data":2}',
    result(2),
  ],
  echoed("lone surrogates, escaped", '"\\ud800 \\udfff"'),
  [
    "a requestId that is a lone surrogate",
    '{"action":"echo","requestId":"\\ud800"}',
    { requestId: "\ud800" },
  ],
  echoed("NUL, escaped", '"a\\u0000b"'),
  ["a NUL in an action", '{"action":"echo\\u0000"}', { error: { code: "UNKNOWN_ACTION" } }],
  ["a NUL without an escape", request('"a\0b"'), INVALID_JSON],
  ["a NUL after the message", `${request("1")}\0`, INVALID_JSON],
  ["a byte order mark", `\ufeff${request("1")}`, INVALID_JSON],
  echoed("U+2028 and U+2029", '"\u2028\u2029"'),
  echoed("U+FFFE and U+FFFF", '"\ufffe\uffff"'),
  ["an empty message", "", INVALID_JSON],
  ["whitespace", " \t\r\n", INVALID_JSON],
  ["100 KB of text that is not JSON", "x".repeat(100 * KB), INVALID_JSON],
  ["100 KB of quotes", '"'.repeat(100 * KB), INVALID_JSON],
  ["a message of 128 KB", paddedTo(128 * KB), { status: "success", requestId: "hostile" }],
];

function paddedTo(size: number): string {
  const empty = '{"action":"timestamp","requestId":"hostile","data":""}';
  return empty.replace('""', `"${"x".repeat(size - empty.length)}"`);
}

/** Invalid frames, and the code with which the connection is closed. */
export const frames: [title: string, bytes: Buffer, binary: boolean, code: number][] = [
  ["invalid UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22]), false, 1007],
  ["truncated UTF-8", Buffer.from([0x22, 0xe2, 0x82]), false, 1007],
  ["overlong UTF-8", Buffer.from([0x22, 0xc0, 0xaf, 0x22]), false, 1007],
  ["a surrogate in UTF-8", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), false, 1007],
  ["a binary frame", Buffer.from(request("1")), true, 1003],
  ["an empty binary frame", Buffer.alloc(0), true, 1003],
  ["a frame of 128 KB", Buffer.from(paddedTo(128 * KB)), false, 1009],
];
