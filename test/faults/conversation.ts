import WebSocket from "ws";

/** A client that connects again when its connection closes. The ledger counts it as one connection. */
export interface Conversation {
  internalErrors: number;
  vanished: boolean;
  /** Stops waiting for one of the replies, like a client after its timeout. */
  stopWaitingForOne(): void;
}

/** Sends messages over one connection after the other, at most `inFlight` at a time without a reply. */
export async function converse(options: {
  url: string;
  name: string;
  messages: number;
  inFlight: number;
  /** Returns whether a message has got its reply. */
  onReply(conversation: Conversation, text: string): boolean;
  sent: Map<string, Conversation>;
}): Promise<void> {
  const { url, name, messages, inFlight, onReply, sent } = options;
  const progress = { next: 0 };
  while (progress.next < messages) {
    await new Promise<void>((resolve) => {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      let open = 0;
      const send = () => {
        while (open < inFlight && progress.next < messages) {
          const requestId = `${name}/${progress.next}`;
          sent.set(requestId, conversation);
          socket.send(JSON.stringify({ action: "echo", data: progress.next, requestId }));
          progress.next += 1;
          open += 1;
        }
        if (open <= 0) socket.close();
      };
      const conversation: Conversation = {
        internalErrors: 0,
        vanished: false,
        stopWaitingForOne() {
          open -= 1;
          if (socket.readyState === WebSocket.OPEN) send();
        },
      };
      socket.on("open", send);
      socket.on("message", (data: Buffer) => {
        if (onReply(conversation, data.toString())) open -= 1;
        send();
      });
      // The upgrade was refused, or the connection broke. The next attempt follows in both cases.
      socket.on("error", () => {});
      socket.on("close", (code) => {
        conversation.vanished = code === 1006;
        resolve();
      });
    });
  }
}
