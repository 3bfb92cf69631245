import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";

/** Cleans up after this process, however it ends. */
export interface ProcessWatcher {
  /**
   * Notes a process, which leads a group of its own.
   * @returns a function that is to be called when the process has ended by itself.
   */
  add(pid: number): () => void;
  /** Deletes the work directory. Resolves when the watcher has ended. */
  close(): Promise<void>;
}

/**
 * Starts a shell that outlives this process. It reads from a pipe which process groups there are,
 * and the end of the pipe is the end of this process. Then it kills the groups, also the frozen
 * ones, which would not notice otherwise, and deletes the work directory. A shell starts in a few
 * milliseconds on every system that has process groups.
 */
export function startProcessWatcher(workDirectory: string): ProcessWatcher {
  const watcher = spawn("/bin/sh", ["-c", SCRIPT, "process-watcher", workDirectory], {
    // Out of reach of Ctrl-C, which a terminal sends to the whole group of this process.
    detached: true,
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    stdio: ["pipe", "ignore", "ignore"],
  });
  watcher.unref();
  const ended = new Promise<void>((resolve) => {
    watcher.once("error", () => resolve());
    watcher.once("close", () => resolve());
  });
  // It was killed: nothing else is lost with it.
  watcher.stdin.on("error", () => {});
  return {
    add(pid) {
      watcher.stdin.write(`+ ${pid}\n`);
      return () => void watcher.stdin.write(`- ${pid}\n`);
    },
    async close() {
      watcher.ref();
      watcher.stdin.end();
      await ended;
      await rm(workDirectory, { recursive: true, force: true });
    },
  };
}

const SCRIPT = `
  trap '' HUP INT TERM
  groups=' '
  while read -r change group; do
    case $change in
      +) groups="$groups$group " ;;
      -) groups="\${groups%% $group *} \${groups#* $group }" ;;
    esac
  done
  for group in $groups; do kill -9 "-$group"; done
  rm -rf -- "$1"
`;
