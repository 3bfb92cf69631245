import {
  type Client,
  connect,
  type ConnectionError,
  type State,
} from "../../../../client/src/index.ts";

/** What the page hears of its own connection. */
export interface Listeners {
  onState(state: State, error?: ConnectionError): void;
  onSent(text: string): void;
  onReceived(text: string): void;
}

export interface Conversation {
  client: Client;
  /** Sends a text as it is. False: there is no connection. */
  sendRaw(text: string): boolean;
}

/** Connects with the typed client, over sockets that tell what goes over them. */
export function converse(
  url: string,
  token: (() => Promise<string>) | undefined,
  { onState, onSent, onReceived }: Listeners,
): Conversation {
  let current: WebSocket | undefined;

  class ToldWebSocket extends WebSocket {
    constructor(...parameters: ConstructorParameters<typeof WebSocket>) {
      super(...parameters);
      this.addEventListener("open", ({ target }) => {
        if (target instanceof WebSocket) current = target;
      });
      this.addEventListener("message", ({ data }) => onReceived(String(data)));
    }
    override send(data: Parameters<WebSocket["send"]>[0]): void {
      super.send(data);
      if (typeof data === "string") onSent(data);
    }
  }
  const client = connect(url, {
    WebSocket: ToldWebSocket,
    onStateChange: onState,
    ...(token && { token }),
  });
  return {
    client,
    sendRaw(text) {
      if (current?.readyState !== WebSocket.OPEN) return false;
      current.send(text);
      return true;
    },
  };
}
