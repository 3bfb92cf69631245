import { expect, test } from "vitest";
import { hasLoopbackHost, hasForeignOrigin } from "./loopback.ts";

test.for([
  "localhost",
  "localhost:4566",
  "LocalHost:4566",
  "stack.localhost:4566",
  "127.0.0.1:4566",
  "127.1.2.3",
  "[::1]:4566",
])("%s is this machine", (host) => {
  expect(hasLoopbackHost({ headers: { host } })).toBe(true);
  expect(hasForeignOrigin({ headers: { origin: `http://${host}` } })).toBe(false);
});

test.for([
  "evil.example",
  "evil.example:4566",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "127.0.0.1evil.example",
  "localhost.",
  "evillocalhost",
  "0.0.0.0:4566",
  "128.0.0.1",
  "192.168.0.1",
  "[::2]",
  "[::ffff:192.0.2.1]",
  "local host",
  "",
])("%j is not", (host) => {
  expect(hasLoopbackHost({ headers: { host } })).toBe(false);
  expect(hasForeignOrigin({ headers: { origin: `http://${host}` } })).toBe(true);
});

test.for([
  "user@localhost",
  "localhost/",
  "localhost?",
  "localhost#x",
  "localhost\\",
  "a/localhost",
])("%j is not a valid host", (host) => {
  expect(hasLoopbackHost({ headers: { host } })).toBe(false);
});

test("a request without a host is not for this machine", () => {
  expect(hasLoopbackHost({ headers: {} })).toBe(false);
});

test("a request without an Origin header is not foreign, but one with an opaque origin is", () => {
  expect(hasForeignOrigin({ headers: {} })).toBe(false);
  for (const origin of ["null", "file://", "about:blank", ""])
    expect(hasForeignOrigin({ headers: { origin } }), `for ${origin}`).toBe(true);
});

test("an origin of this machine can have any scheme and port", () => {
  for (const origin of ["https://localhost", "http://localhost:5173", "https://[::1]:8443"])
    expect(hasForeignOrigin({ headers: { origin } }), `for ${origin}`).toBe(false);
});
