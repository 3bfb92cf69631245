import WebSocket from "ws";

/** A client that connects again whenever its connection is gone, as one connection of the account. */
export interface Conversation {
  internalErrors: number;
  vanished: boolean;
  /** Waits no longer for one of the answers, as a client's time-out would have it. */
  giveUpOne(): void;
}

/** Sends so many messages over one connection after the other, some at a time unanswered. */
export async function converse(options: {
  url: string;
  name: string;
  messages: number;
  inFlight: number;
  /** Whether a message has its answer with it. */
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
        giveUpOne() {
          open -= 1;
          if (socket.readyState === WebSocket.OPEN) send();
        },
      };
      socket.on("open", send);
      socket.on("message", (data: Buffer) => {
        if (onReply(conversation, data.toString())) open -= 1;
        send();
      });
      // A refused upgrade, or a connection that was cut: the next attempt is the answer to both.
      socket.on("error", () => {});
      socket.on("close", (code) => {
        conversation.vanished = code === 1006;
        resolve();
      });
    });
  }
}
