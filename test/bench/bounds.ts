/**
 * How far each ratio of `npm run bench` may go; beyond that, it fails. A bound is half as much again
 * as what was measured, and more where the machine has a say in it: it is there to catch a change
 * that makes something slow, and not a slow day. What has no bound is told for its own sake.
 */
export const bounds: Record<string, number> = {
  // Measured: 0.37 and 0.38.
  "size of websocket-handler": 0.45,
  "size of processor": 0.44,

  // Measured: 3.0 and 2.8; the import 1.0 of an empty function's start, and twice that on a busy day.
  "CPU, start to first response of websocket-handler": 4.5,
  "CPU, start to first response of processor": 4.5,
  "import of websocket-handler": 2.5,
  "import of processor": 2.5,

  // Measured: 0.01 each for what is ours, and 0.9 to 1.1 for the whole.
  "CPU of a message, websocket-handler, ours": 0.1,
  "CPU of a message, processor, ours": 0.1,
  "CPU of a message, websocket-handler, whole": 1.5,
  "CPU of a message, processor, whole": 1.5,

  // Measured: 1.1 to 2.9, and 35 to 130.
  "message at 1x1, to two hops": 4.5,
  "message at 10x1, to two hops": 4.5,
  "message at 50x4, to two hops": 4.5,
  "message at 1x1, to bare ws": 200,
  "message at 10x1, to bare ws": 200,
  "message at 50x4, to bare ws": 200,

  // Measured: 3.0 for the memory, and 4 to 5 for the opening.
  "memory of each of 2000": 4.5,
  "memory of each of 10000": 4.5,
  "CPU of opening each of 2000": 10,
  "CPU of opening each of 10000": 10,

  // Measured: 0.9 to 1.0, and 0.3 to 1.1 on a busy day. What grew with the square would be at 4 and 16.
  "growth of a connection's memory": 1.3,
  "time of each of 200 messages": 2.5,
  "time of each of 400 messages": 2.5,
  "time of each of 800 messages": 2.5,
  "time of each of 1600 messages": 2.5,
};
