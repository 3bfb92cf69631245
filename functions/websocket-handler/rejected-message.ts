import type { ErrorCode } from "../../shared/protocol.ts";

/** Thrown for a message that gets an error frame and does not become a job. */
export class RejectedMessage extends Error {
  override readonly name = "RejectedMessage";
  readonly code: ErrorCode;
  /** Private, because an error is logged with all its public members. */
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

/** The error of the JSON body parser. Its cause names the package and the key that is not allowed. */
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
 * Returns the rejection for an error of the message pipeline, or `undefined` if the error is not the
 * client's mistake.
 * @param body the event's body. If the parser failed, it is still the text of the message.
 */
export function asRejection(error: unknown, body: unknown): RejectedMessage | undefined {
  if (error instanceof RejectedMessage) return error;
  if (!isParserError(error)) return undefined;
  // The parser also rejects valid JSON with a dangerous key. The error frame still needs the requestId.
  const received = parseJson(body);
  if (received === undefined)
    return new RejectedMessage("INVALID_JSON", "The message is not valid JSON.", undefined);
  const reason = `The key ${JSON.stringify(error.cause.data)} is not allowed.`;
  return new RejectedMessage("INVALID_REQUEST", reason, received);
}

/** Returns the value of a JSON text, or `undefined` if it is not valid JSON. */
export function parseJson(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
