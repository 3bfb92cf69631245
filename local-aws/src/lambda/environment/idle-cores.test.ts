import { cpus } from "node:os";
import { expect, test } from "vitest";
import { createIdleCores } from "./idle-cores.ts";

test("a busy core is not idle", async () => {
  const cores = createIdleCores();
  cores.start();
  const start = performance.now();
  while (performance.now() - start < 300);
  const idle = cores.measure();
  expect(idle).toBeGreaterThanOrEqual(0);
  // The machine accounts in steps of 10 ms.
  expect(idle).toBeLessThan(cpus().length - 0.8);
});
