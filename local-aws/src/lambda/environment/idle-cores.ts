import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** How much of the machine's CPU time is unused. */
export interface IdleCores {
  /** Starts a measurement. */
  start(): void;
  /** Returns how many cores were idle since the last `start`, such as 0.5 for half of one. */
  measure(): number;
}

/** Measures all processes of the machine, not only those of the local AWS. */
export function createIdleCores(): IdleCores {
  let last: CpuTimes | undefined;
  return {
    start() {
      last = read();
    },
    measure() {
      if (last === undefined) return 0;
      const now = read();
      const total = now.total - last.total;
      return total <= 0 ? 0 : ((now.idle - last.idle) / total) * now.cores;
    },
  };
}

/** CPU time since the machine started, of all cores, in any unit. */
interface CpuTimes {
  cores: number;
  idle: number;
  total: number;
}

/** The function of Node.js also reads the speed of each core, which blocks for up to half a second. */
const read = (): CpuTimes => (process.platform === "linux" && readKernelTable()) || readCpus();

/**
 * Undefined if the machine has no such table, as in some containers.
 * @see https://www.kernel.org/doc/html/latest/filesystems/proc.html#miscellaneous-kernel-statistics-in-proc-stat
 */
function readKernelTable(): CpuTimes | undefined {
  let table: string;
  try {
    table = readFileSync("/proc/stat", "latin1");
  } catch {
    return undefined;
  }
  const [, first = ""] = /^cpu +(.*)$/m.exec(table) ?? [];
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softIrq = 0, steal = 0] =
    first.split(" ").map(Number);
  const unused = idle + waiting;
  const total = unused + user + nice + system + irq + softIrq + steal;
  return { cores: table.match(/^cpu\d/gm)?.length ?? 0, idle: unused, total };
}

function readCpus(): CpuTimes {
  const cores = cpus();
  let [idle, total] = [0, 0];
  for (const { times } of cores) {
    idle += times.idle;
    total += times.idle + times.user + times.sys + times.nice + times.irq;
  }
  return { cores: cores.length, idle, total };
}
