import { expect, test } from "vitest";
import { defaultInputs, InvalidOption, parseRequest } from "./inputs.ts";
import { countAlarms, defaultOf, readTerraformDefaults } from "./terraform-defaults.ts";

test("without options there is one scenario, of the defaults", () => {
  expect(parseRequest([])).toEqual({ mode: "month", scenarios: [defaultInputs()] });
});

test("lists make a scenario each, and a single number counts for all of them", () => {
  const args = ["--messages-per-month", "1e6,1e9", "--connections=10", "--memory=128,256"];
  expect(parseRequest(args)).toMatchObject({
    scenarios: [
      { "messages-per-month": 1e6, connections: 10, memory: 128 },
      { "messages-per-month": 1e9, connections: 10, memory: 256 },
    ],
  });
});

test("each mode takes its own number", () => {
  expect(parseRequest(["--burst", "5000"])).toMatchObject({ mode: "burst", messages: 5000 });
  expect(parseRequest(["--reconnect=7"])).toMatchObject({ mode: "reconnect", clients: 7 });
  expect(parseRequest(["--attack"])).toMatchObject({ mode: "attack" });
  expect(parseRequest(["--help", "--memory", "1"])).toEqual({ mode: "help" });
});

test.for([
  [["--memory", "12"], '--memory must be a whole number from 128 to 10240, not "12".'],
  [["--memory", "1024.5"], '--memory must be a whole number from 128 to 10240, not "1024.5".'],
  [["--peak-factor", "many"], '--peak-factor must be a number from 1 to 1000, not "many".'],
  [["--connections", ""], '--connections must be a whole number from 1 to 100000000, not "".'],
  [["--connections", "1,"], '--connections must be a whole number from 1 to 100000000, not "".'],
  [["--failure-rate", "NaN"], '--failure-rate must be a number from 0 to 1, not "NaN".'],
  [["--message-bytes", "131073"], "--message-bytes must be a whole number from 1 to 131072"],
  [["--connection-minutes", "121"], "--connection-minutes must be a whole number from 1 to 120"],
  [["--burst", "2e6"], '--burst must be a whole number from 1 to 1000000, not "2e6".'],
  [["--processor-concurrency", "1000"], "--processor-concurrency must be lower than"],
  [["--attack", "--burst", "1"], "--attack and --burst cannot be combined."],
  [["--attack", "--memory", "128,256"], "--attack does not support lists of numbers."],
  [
    ["--memory", "128,256,512", "--connections", "1,2"],
    "--connections has 2 numbers, but another option has 3. Give each option 3 numbers or one.",
  ],
  [["--mesages", "1"], "Unknown option '--mesages'"],
  [["1000"], "Unexpected argument '1000'"],
] as const)("%j is refused with what is wrong", ([args, message]) => {
  expect(() => parseRequest([...args])).toThrow(InvalidOption);
  expect(() => parseRequest([...args])).toThrow(message);
});

test("Terraform's defaults are read where Terraform has them", () => {
  const variables = `
variable "one" {
  description = "A default = 7 in words."
  default     = 300

  validation {
    condition = var.one > 0
  }
}

variable "none" {
  default = null
}
`;
  expect(defaultOf(variables, "one")).toBe(300);
  expect(() => defaultOf(variables, "none")).toThrow("The variable none in");
  expect(() => defaultOf(variables, "on")).toThrow("The variable on in");
  expect(
    countAlarms("  alarms = {\n    a-b = {\n      x = 1\n    }\n    c = {\n    }\n  }\n"),
  ).toBe(2);
  expect(() => countAlarms("")).toThrow("does not define a map named alarms");
  for (const value of Object.values(readTerraformDefaults())) expect(value).toBeGreaterThan(0);
});
