import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/**
 * `two hops`: both functions in one process, with the real SDK against the stub of AWS. `two processes`:
 * the same with a process for each function.
 */
export type ServerName = "local AWS" | "bare ws" | "two hops" | "two processes";

export interface Usage {
  /** Bytes in use after a garbage collection: V8's heap and its external memory. */
  memory: number;
  /** Milliseconds of CPU time since the process started. */
  cpu: number;
}

export type ServerMessage = { url: string } | Usage;

export interface ServerProcess {
  readonly url: string;
  usage(): Promise<Usage>;
  close(): Promise<void>;
}

export async function startServerProcess(name: ServerName): Promise<ServerProcess> {
  const child = fork(join(import.meta.dirname, "servers.ts"), [name], {
    execArgv: ["--expose-gc"],
  });
  const nextMessage = async <Message extends ServerMessage>(): Promise<Message> => {
    const [message] = await Promise.race([once(child, "message"), once(child, "exit")]);
    if (typeof message !== "object" || message === null)
      throw new Error(`The process of the server "${name}" exited.`);
    return message;
  };
  const { url } = await nextMessage<{ url: string }>();
  return {
    url,
    async usage() {
      child.send("usage");
      return await nextMessage<Usage>();
    },
    async close() {
      const exit = once(child, "exit");
      child.send("end");
      await exit;
    },
  };
}
