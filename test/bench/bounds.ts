/**
 * The upper bound of each ratio of `npm run bench`, which fails above it. A bound is 1.5 times the measured
 * ratio, or more if the ratio depends on the machine. It detects a change that makes something slow, not
 * a busy machine. Figures without a bound are printed only.
 */
export const bounds: Record<string, number> = {
  // Measured: 0.37 and 0.38.
  "size of websocket-handler": 0.45,
  "size of processor": 0.44,

  // Measured: 3.0 and 2.8; import 1.0, and twice that on a busy machine.
  "CPU, start to first response of websocket-handler": 4.5,
  "CPU, start to first response of processor": 4.5,
  "import of websocket-handler": 2.5,
  "import of processor": 2.5,

  // Measured: 0.01 for our code, and 0.9 to 1.1 for the whole function.
  "CPU of a message, websocket-handler, ours": 0.1,
  "CPU of a message, processor, ours": 0.1,
  "CPU of a message, websocket-handler, whole": 1.5,
  "CPU of a message, processor, whole": 1.5,

  // Measured: 1.6 to 2.0 cold with at most ten in flight, otherwise 1.2 to 1.6.
  "1x1 cold, to two hops": 2.8,
  "1x1 warm, to two hops": 2.4,
  "10x1 cold, to two hops": 3,
  "10x1 warm, to two hops": 2.1,
  "50x4 cold, to two hops": 2.3,
  "50x4 warm, to two hops": 2.1,

  // Measured: 3.0 for the memory, and 4 to 5 for the CPU time.
  "memory of each of 2000": 4.5,
  "memory of each of 10000": 4.5,
  "CPU of opening each of 2000": 10,
  "CPU of opening each of 10000": 10,

  // Measured: 0.9 to 1.0, and 0.3 to 1.1 on a busy machine. Quadratic growth would cause 4 and 16.
  "growth of a connection's memory": 1.3,
  "time of each of 200 messages": 2.5,
  "time of each of 400 messages": 2.5,
  "time of each of 800 messages": 2.5,
  "time of each of 1600 messages": 2.5,
};
