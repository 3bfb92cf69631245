/** Handshakes that try to crash the functions or to inject a header into a response. */

const KB = 1024;

const long = (length: number) => "v".repeat(length);
export const OURS = "Sec-WebSocket-Protocol: websocket-lambda";

/** The header lines of a handshake, and the allowed statuses of the response. */
export const headers: [title: string, lines: string[], expected: RegExp][] = [
  ["a line break in the subprotocol", [`${OURS}\r\nX: y`], /101/],
  ["a bare line feed in the subprotocol", [`${OURS}\nX: y`], /101|400/],
  ["a bare carriage return in the subprotocol", [`${OURS}\rX: y`], /400/],
  ["a header that continues in the next line", [OURS, " X: y"], /400/],
  [
    "an escaped line break in the subprotocol",
    ["Sec-WebSocket-Protocol: websocket-lambda%0d%0aX: y"],
    /400/,
  ],
  ["a NUL in the subprotocol", [`${OURS}\0`], /400/],
  ["8-bit bytes in the subprotocol", [`${OURS}\xff\x80`], /400/],
  ["a space in the subprotocol", [`${OURS} x`], /400/],
  ["an empty subprotocol", ["Sec-WebSocket-Protocol:"], /400/],
  ["our subprotocol twice", [OURS, OURS], /400/],
  [
    "a thousand subprotocols",
    [
      `${OURS}${range(1000)
        .map((n) => `, p${n}`)
        .join("")}`,
    ],
    /101|403/,
  ],
  [
    "the names of object members as subprotocols",
    [`${OURS}, __proto__, constructor, toString`],
    /101|403/,
  ],
  ["a line break in the origin", ["Origin: https://a.example\r\nX: y"], /101/],
  ["a NUL in the origin", ["Origin: https://a.example\0"], /400/],
  ["8-bit bytes in the origin", ["Origin: https://\xe9\xff.example"], /101/],
  ["an origin of 12 KB", [`Origin: https://${long(12 * KB)}`], /101/],
  ["a hundred origins", range(100).map((n) => `Origin: https://${n}.example`), /101|431/],
  ["a header of 20 KB", [`X: ${long(20 * KB)}`], /431/],
  ["headers of 200 KB", range(200).map((n) => `X-${n}: ${long(KB)}`), /431/],
  ["a thousand headers", range(1000).map((n) => `X-${n}: 1`), /101|431/],
  [
    "headers named as object members",
    ["__proto__: x", "constructor: y", "hasOwnProperty: z"],
    /101/,
  ],
  ["a space in a header's name", ["X Y: z"], /400/],
  ["8-bit bytes in a header's name", ["X\xff: z"], /400/],
  ["8-bit bytes in the user agent", ["User-Agent: \xff\xfe\x80"], /101/],
  ["a user agent that looks like JSON", ['User-Agent: ","status":"200","x":"'], /101/],
  ["a cookie of 12 KB", [`Cookie: ${long(12 * KB)}`], /101/],
  ["a forged address", ["X-Forwarded-For: 1.2.3.4\t", "X-Forwarded-Proto: \xff"], /101/],
  ["invalid extensions", ["Sec-WebSocket-Extensions: permessage-deflate; ;=,,"], /101|400/],
  ["a body", ["Content-Length: 5"], /101|400/],
  ["a body in chunks", ["Transfer-Encoding: chunked"], /101|400/],
  ["two lengths of a body", ["Content-Length: 5", "Content-Length: 6"], /400/],
];

/** The query string, and the allowed statuses of the response. */
export const queries: [title: string, query: string, expected: RegExp][] = [
  ["an escaped line break", "x=%0d%0aX:%20y", /101/],
  ["an escaped NUL", "x=%00&%00=x", /101/],
  ["a NUL", "x=\0", /400/],
  ["8-bit bytes", "x=\xff\xe9", /101|400/],
  ["escapes of invalid UTF-8", "x=%ff%fe&%c0%af=1", /101/],
  ["broken escapes", "x=%&y=%zz&%=1", /101/],
  ["the names of object members", "__proto__=1&constructor=2&__proto__[x]=3&toString=4", /101/],
  ["only separators", "&&&===&=&", /101/],
  [
    "two thousand parameters",
    range(300)
      .map((n) => `p${n}`)
      .join("&"),
    /101/,
  ],
  ["4,000 characters", `x=${long(3600)}`, /101|414/],
  ["10,000 characters", `x=${long(10_000)}`, /414/],
  ["100,000 characters", `x=${long(100_000)}`, /431/],
];

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

/** Invalid tokens. */
export const tokens = [
  "%00",
  "%0d%0aX:%20y",
  "%ff",
  "..",
  "a.b.c",
  "__proto__",
  "e30.e30.e30",
  long(3000),
];
