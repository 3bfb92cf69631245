import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";

/** Cleans up after this process exits for any reason. */
export interface ProcessWatcher {
  /**
   * Registers a process, which is the leader of its process group.
   * @returns a function to call when the process has exited by itself.
   */
  add(pid: number): () => void;
  /** Deletes the work directory. Resolves when the watcher has ended. */
  close(): Promise<void>;
}

/**
 * Starts a shell that outlives this process. It reads the IDs of the process groups from a pipe. The pipe
 * closes when this process exits. Then the shell kills the groups, including the frozen ones, which would
 * not exit by themselves, and deletes the work directory. A shell starts in a few
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
  // The shell was killed. Nothing else depends on it.
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
