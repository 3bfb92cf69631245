import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { processes } from "../../test/processes.ts";
import { runCommand } from "./run-command.ts";

/** Runs a command that can write the IDs of its processes to the file `$PIDS`. */
async function start(command: string) {
  const directory = await mkdtemp(join(tmpdir(), "run-command-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, "pids");
  const { promise: stopped, resolve: stop } = Promise.withResolvers<NodeJS.Signals>();
  const code = runCommand(command, { environment: { PIDS: file }, stopped });
  /** Waits until the command has written `count` IDs. */
  const pids = async (count: number): Promise<number[]> => {
    const read = () => (existsSync(file) ? readFileSync(file, "utf8").trim().split(/\s+/) : []);
    await expect.poll(read).toHaveLength(count);
    return read().map(Number);
  };
  return { code, stop, pids };
}

const running = (pids: readonly number[]) => processes().filter(({ pid }) => pids.includes(pid));

test.for([
  ["exit 3", 3],
  ["kill -s TERM $$", 143],
  ["exec 2>&-; no-such-command-of-this-test", 127],
] as const)("%s has the exit code %i", async ([command, code]) => {
  expect(await (await start(command)).code).toBe(code);
});

test("a process that ignores the signal is killed after a second", async () => {
  const { code, stop, pids } = await start(
    "trap '' TERM; echo $$ >>$PIDS; while :; do sleep 0.1; done",
  );
  const started = await pids(1);
  stop("SIGTERM");
  expect(await code).toBe(143);
  // A process can take a moment to exit after SIGKILL.
  await expect.poll(() => running(started)).toEqual([]);
});

test("a background process of the command stops with it", async () => {
  const { code, pids } = await start("sleep 600 & echo $! >>$PIDS; sleep 600 & echo $! >>$PIDS");
  expect(await code).toBe(0);
  expect(running(await pids(2))).toEqual([]);
});
