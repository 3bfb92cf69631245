import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

/** A fake Terraform, which waits for a signal and prints which one it received. */
const CHILD = `
trap 'echo received TERM; exit 0' TERM
trap 'echo received HUP; exit 1' HUP
echo waiting
while :; do sleep 0.05; done
`;

const PARENT = `
import { spawn } from "node:child_process";
import { runChild } from ${JSON.stringify(join(import.meta.dirname, "child-process.ts"))};
const [shellScript] = process.argv.slice(1);
process.exitCode = await runChild(() => spawn("sh", ["-c", shellScript], { stdio: ["ignore", "inherit", "inherit"] }));
`;

const run = (shellScript: string) => {
  const parent = spawn(
    process.execPath,
    ["--input-type=module", "--eval", PARENT, "--", shellScript],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => void parent.kill("SIGKILL"));
  return parent;
};

test.for([
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)(
  "%s reaches the child as SIGTERM, and the parent waits for it and fails",
  async ([signal, code]) => {
    const parent = run(CHILD);
    let printed = "";
    parent.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (!printed.includes("waiting") && text.includes("waiting")) parent.kill(signal);
      printed += text;
    });
    expect(await once(parent, "close")).toEqual([code, null]);
    expect(printed).toBe("waiting\nreceived TERM\n");
  },
);

test("the exit code is that of the child", async () => {
  expect(await once(run("exit 3"), "close")).toEqual([3, null]);
});
