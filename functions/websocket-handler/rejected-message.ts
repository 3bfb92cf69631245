import type { ErrorCode } from "../../shared/protocol.ts";

/** A message that gets an error frame. The processor is not invoked for it. */
export class RejectedMessage extends Error {
  override readonly name = "RejectedMessage";
  readonly code: ErrorCode;
  /** Private, because a logged error is logged with all its public members. */
  readonly #received: unknown;

  constructor(code: ErrorCode, message: string, received: unknown, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.#received = received;
  }

  /** The parsed message, as far as it could be parsed. */
  get received(): unknown {
    return this.#received;
  }
}

/** What the JSON body parser throws. It names itself in the cause, with the key that it forbids. */
interface ParserError extends Error {
  cause: { package: "@middy/http-json-body-parser"; data: unknown };
}

function isParserError(error: unknown): error is ParserError {
  return (
    error instanceof Error &&
    typeof error.cause === "object" &&
    error.cause !== null &&
    "package" in error.cause &&
    error.cause.package === "@middy/http-json-body-parser"
  );
}

/**
 * The rejection behind an error of the message pipeline; `undefined` where it is a fault of ours.
 * @param body the event's body: still the text of the message where the parser failed.
 */
export function asRejection(error: unknown, body: unknown): RejectedMessage | undefined {
  if (error instanceof RejectedMessage) return error;
  if (!isParserError(error)) return undefined;
  // The parser also refuses JSON that is valid but dangerous. Its sender still wants the requestId.
  const received = parseJson(body);
  if (received === undefined)
    return new RejectedMessage("INVALID_JSON", "The message is not valid JSON.", undefined);
  const reason = `The key ${JSON.stringify(error.cause.data)} is not allowed.`;
  return new RejectedMessage("INVALID_REQUEST", reason, received);
}

/** The value of a JSON text; `undefined` where it is none. */
export function parseJson(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
