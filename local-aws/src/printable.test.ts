import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test("control characters are replaced with dots, and all other characters are unchanged", () => {
  expect(printable("a\u001b[2J\u009b2J\u0007\r\n\t\u007fz")).toBe("a·[2J·2J·····z");
  expect(printable("é 👋 \u00a0 日本")).toBe("é 👋 \u00a0 日本");
});
