import { cpus } from "node:os";

/** How much of the machine's CPU time is unused. */
export interface IdleCores {
  /** Starts a measurement. */
  start(): void;
  /** Returns how many cores were idle since the last `start` or `measure`, such as 0.5 for half of one. */
  measure(): number;
}

/** Measures all processes of the machine, not only those of the local AWS. */
export function createIdleCores(): IdleCores {
  let last = read();
  return {
    start() {
      last = read();
    },
    measure() {
      const now = read();
      const total = now.total - last.total;
      const idle = total === 0 ? 0 : ((now.idle - last.idle) / total) * now.cores;
      last = now;
      return idle;
    },
  };
}

/** CPU time since the machine started, in milliseconds of all cores. */
function read(): { cores: number; idle: number; total: number } {
  const cores = cpus();
  let [idle, total] = [0, 0];
  for (const { times } of cores) {
    idle += times.idle;
    total += times.idle + times.user + times.sys + times.nice + times.irq;
  }
  return { cores: cores.length, idle, total };
}
