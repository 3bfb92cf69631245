import { expect, test } from "vitest";
import { allowsOrigin, offeredSubprotocols } from "./handshake.ts";

test.for(["Origin", "origin", "ORIGIN", "oRiGiN"])(
  "an origin that isn't allowed is refused in the header %s",
  (name) => {
    const headers = { Host: ["a"], [name]: ["https://evil.example"] };
    expect(allowsOrigin(headers, ["https://example.com"])).toBe(false);
    expect(allowsOrigin(headers, ["https://evil.example"])).toBe(true);
  },
);

test("an allowed origin doesn't allow a second one, even if the header names differ in case", () => {
  const headers = { Origin: ["https://example.com"], origin: ["https://evil.example"] };
  expect(allowsOrigin(headers, ["https://example.com"])).toBe(false);
});

test.for(["Sec-WebSocket-Protocol", "sec-websocket-protocol", "Sec-Websocket-Protocol"])(
  "subprotocols are read from the header %s",
  (name) => {
    expect(offeredSubprotocols({ [name]: ["a, b", "c"] })).toEqual(["a", "b", "c"]);
  },
);

test("empty subprotocols and headers without values are ignored", () => {
  const headers = { "Sec-WebSocket-Protocol": ["a, ,b,", ""], "sec-websocket-protocol": undefined };
  expect(offeredSubprotocols(headers)).toEqual(["a", "b"]);
  expect(allowsOrigin({ Origin: undefined }, ["https://example.com"])).toBe(true);
});

test("an empty list allows every origin", () => {
  expect(allowsOrigin({ Origin: ["https://evil.example"] }, [])).toBe(true);
});

test("a handshake without headers offers no subprotocol and is allowed", () => {
  expect(offeredSubprotocols(undefined)).toEqual([]);
  expect(allowsOrigin(undefined, ["https://example.com"])).toBe(true);
});
