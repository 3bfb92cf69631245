import type { FramePattern } from "../frame-pattern.ts";

/** A JSON Schema, as an object. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What an application tells the console about its messages. Each is optional. */
export interface ConsoleOptions {
  /** The title of the page. Default: "Local AWS". */
  title?: string;
  /**
   * Returns the JSON Schema of each message that a client can send, by the name to show. The page has
   * a form for each: members with a `const` are sent as they are, and fields start with the `default` or
   * the first of the `examples`. It is called each time the page loads. Default: the page sends only
   * texts.
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
   * The members of frames that are worth a row, such as `["result", "error", "data"]`: a row shows the
   * value of the first that the frame has. Default: a row shows the whole frame.
   */
  content?: readonly string[];
  /** Links to documentation by their texts, for a user who sees the page for the first time. Default: none. */
  links?: Readonly<Record<string, string>>;
  /** Returns a problem that the page shows, such as a failed build. Default: there is none. */
  notice?(): string | undefined;
  /**
   * The subprotocol for clients that send a token: the page offers it, followed by the token. Default:
   * the page has no field for a token.
   */
  subprotocol?: string;
  /** Returns a token to connect with. It is called for each connection. Default: no token. */
  token?(endpoint: string): string | Promise<string>;
}

/** The settings that the page fetches when it loads, and before each connection with a token. */
export interface Settings {
  /** null: the application has none. */
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
