import { createHash, randomBytes } from "node:crypto";

/**
 * The ids of one API. As on AWS, those of connections and messages share their last characters;
 * here these are derived from the API, so that an id of a connection long gone is still known to
 * have been one.
 */
export interface Ids {
  /** 20 characters, such as `gbgBjc6coQAYKEh-CA==`. */
  connectionId(): string;
  messageId(): string;
  /** Whether an id has the form of one that this API gives its connections. */
  isConnectionId(id: string): boolean;
}

const SUFFIX_BYTES = 6;

export function createIds(apiId: string): Ids {
  const suffix = createHash("sha256").update(apiId).digest().subarray(0, SUFFIX_BYTES);
  const id = () => urlSafe(Buffer.concat([randomBytes(7), suffix]));
  return {
    connectionId: id,
    messageId: id,
    isConnectionId: (candidate) =>
      /^[\w-]{18}==$/.test(candidate) &&
      Buffer.from(candidate, "base64url").subarray(-SUFFIX_BYTES).equals(suffix),
  };
}

/** The id of one exchange with a client: 16 characters, such as `EOoI4HImoAMErtQ=`. */
export const newRequestId = (): string => urlSafe(randomBytes(11));

/** base64url with its padding, which Node's own encoding leaves out. */
const urlSafe = (bytes: Buffer) =>
  bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
