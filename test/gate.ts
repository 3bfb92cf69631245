import { startRecordingServer } from "../shared/testing.ts";

/** A URL that actions fetch to wait until a test lets them continue. */
export interface Gate {
  readonly url: string;
  /** Resolves when the next action waits. Call the result to let it continue. */
  arrival(): Promise<() => void>;
}

export async function startGate(): Promise<Gate> {
  const arrived: (() => void)[] = [];
  const waiting: ((open: () => void) => void)[] = [];
  const { endpoint } = await startRecordingServer((_path, response) => {
    const open = () => void response.end();
    const next = waiting.shift();
    if (next === undefined) arrived.push(open);
    else next(open);
  });
  return {
    url: endpoint,
    arrival: () => {
      const open = arrived.shift();
      return open === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(open);
    },
  };
}
