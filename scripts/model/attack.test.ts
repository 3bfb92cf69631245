import { expect, test } from "vitest";
import { attackHour, connectionsKeptBusy, refusalsLogged } from "./attack.ts";
import { defaultInputs } from "./inputs.ts";

const inputs = {
  ...defaultInputs(),
  "throttling-rate": 500,
  "new-connections": 500,
  concurrency: 1000,
  memory: 256,
};

test("the dearest hour comes to what it does by hand", () => {
  expect(
    Object.fromEntries(attackHour(inputs).map(({ what, dollars }) => [what, dollars])),
  ).toEqual({
    // 1.8 M messages, four each way.
    "messages and replies of 128 KB": expect.closeTo(14.4),
    "data transfer of the replies": expect.closeTo((1.8e6 * 131_072 * 0.09) / 1e9),
    // 3.6 M connections for 60 minutes.
    "connections held for 2 hours": expect.closeTo(54),
    "invocations of both functions": expect.closeTo(7.2 * 0.2),
    // A quarter of a GB for 3,600 s, a thousand times.
    "compute, all environments busy": expect.closeTo(900_000 * 0.0000133334),
    // With a requestId of 128 characters of six bytes, instead of API Gateway's of 16, in two lines.
    "function logs": expect.closeTo((1.8e6 * (1538 + 2 * 752 + 1581) * 0.5) / 1e9, 2),
    "access log": expect.closeTo((1.8e6 * (700 + 664) * 0.5) / 1e9, 1),
  });
});

test("a lower throttle bounds all but the environments, which concurrency bounds", () => {
  const lower = attackHour({ ...inputs, "throttling-rate": 50 });
  for (const [index, line] of attackHour(inputs).entries()) {
    const share = (lower[index]?.dollars ?? 0) / line.dollars;
    expect(share).toBeCloseTo(line.what === "compute, all environments busy" ? 1 : 0.1);
  }
});

test("connections held by sending are those of the last ten minutes", () => {
  expect(connectionsKeptBusy(inputs)).toBe((500 + 500) * 600);
});

test("refused requests in the access log are lines of the account's rate", () => {
  // 324 bytes and 26.
  expect(refusalsLogged(inputs)).toBeCloseTo((10_000 * 3600 * 350 * 0.5) / 1e9);
});
