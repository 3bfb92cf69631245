import type { FramePattern } from "../frame-pattern.ts";

/** A JSON Schema, as an object. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The options with which an application describes its messages to the console. */
export interface ConsoleOptions {
  /** The title of the page. Default: "Local AWS". */
  title?: string;
  /**
   * Returns the JSON Schema of each message that a client can send, by the name to show. The page has a
   * form for each. Members with a `const` are sent unchanged, and the initial value of a field is the
   * `default` or the first of the `examples`. It is called each time the page loads. Default: the page
   * sends only raw texts.
   */
  messages?(): Readonly<Record<string, JsonSchema>> | Promise<Readonly<Record<string, JsonSchema>>>;
  /**
   * The member that a request and its reply have in common. The page fills it in and shows the time
   * until the reply.
   */
  requestId?: string;
  /** The member that names a message, such as `action`. Default: the page shows no names. */
  messageName?: string;
  /**
   * The members of frames to show in a row, such as `["result", "error", "data"]`. A row shows the value
   * of the first of them that the frame has. Default: a row shows the whole frame.
   */
  content?: readonly string[];
  /**
   * Links to documentation, by their texts. The page shows them while there are no messages. Default:
   * none.
   */
  links?: Readonly<Record<string, string>>;
  /** Returns a problem that the page shows, such as a failed build. Default: there is none. */
  notice?(): string | undefined;
  /**
   * The subprotocol for clients that send a token. The page sends it, followed by the token. Default: the
   * page has no field for a token.
   */
  subprotocol?: string;
  /** Returns a token to connect with. It is called for each connection. Default: no token. */
  token?(endpoint: string): string | Promise<string>;
}

/** The settings that the page fetches when it loads, and before each connection with a token. */
export interface Settings {
  /** null if the application has none. */
  token: string | null;
  subprotocol: string | null;
  requestId: string | null;
  messageName: string | null;
  content: readonly string[];
  links: Readonly<Record<string, string>>;
  errorFrame: FramePattern | null;
  progressFrame: FramePattern | null;
  messages: Readonly<Record<string, JsonSchema>>;
}
