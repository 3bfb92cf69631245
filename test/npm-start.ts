import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

export interface Started {
  child: ChildProcess;
  /** The lines that it has printed. */
  lines: readonly string[];
  /** Waits for the first line that matches. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Runs the command of `npm start` until the end of the test. */
export function npmStart(repository: string, ...args: string[]): Started {
  const child = spawn(
    process.execPath,
    [join(repository, "scripts", "start", "index.ts"), ...args],
    {
      cwd: repository,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  const waiting: { pattern: RegExp; resolve(match: RegExpExecArray): void }[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (text) => {
      lines.push(text);
      for (const { pattern, resolve } of waiting) {
        const match = pattern.exec(text);
        if (match) resolve(match);
      }
    });
  return {
    child,
    lines,
    line: (pattern) =>
      new Promise((resolve) => {
        const match = lines.map((text) => pattern.exec(text)).find((found) => found !== null);
        if (match) resolve(match);
        else waiting.push({ pattern, resolve });
      }),
  };
}
