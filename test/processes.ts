import { execFileSync } from "node:child_process";

export interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** Returns all processes of the system, except zombies. */
export function processes(): Process[] {
  const columns = ["pid=", "ppid=", "stat=", "args="].flatMap((column) => ["-o", column]);
  const rows = execFileSync("ps", ["-A", ...columns], { encoding: "utf8" });
  return rows
    .trim()
    .split("\n")
    .map((row) => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(row) ?? [])
    .filter(([, , , state = "Z"]) => !state.startsWith("Z"))
    .map(([, pid, parent, , command = ""]) => ({
      pid: Number(pid),
      parent: Number(parent),
      command,
    }));
}

/** Returns the IDs of all descendants of a process. */
export function descendantsOf(ancestor: number | undefined): number[] {
  const all = processes();
  const below = (pid: number | undefined): number[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child.pid, ...below(child.pid)]);
  return below(ancestor);
}
