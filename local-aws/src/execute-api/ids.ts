import { createHash, randomUUID } from "node:crypto";

/**
 * Creates the IDs of one API. As on AWS, those of connections and messages have the same last characters.
 * Here these are derived from the API, so the ID of a closed connection can be recognized.
 */
export interface Ids {
  /** 20 characters, such as `gbgBjc6coQAYKEh-CA==`. */
  connectionId(): string;
  messageId(): string;
  /** Returns whether an ID has the form of the connection IDs of this API. */
  isConnectionId(id: string): boolean;
}

const SUFFIX_BYTES = 6;

export function createIds(apiId: string): Ids {
  const suffix = createHash("sha256").update(apiId).digest().subarray(0, SUFFIX_BYTES);
  const id = () => urlSafe(`${randomHex(7)}${suffix.toString("hex")}`);
  return {
    connectionId: id,
    messageId: id,
    isConnectionId: (candidate) =>
      /^[\w-]{18}==$/.test(candidate) &&
      Buffer.from(candidate, "base64url").subarray(-SUFFIX_BYTES).equals(suffix),
  };
}

/** Returns a new request ID: 16 characters, such as `EOoI4HImoAMErtQ=`. */
export const newRequestId = (): string => urlSafe(randomHex(11));

/** Returns up to 12 random bytes. Node.js caches UUIDs, but calls the system for random bytes. */
function randomHex(bytes: number): string {
  // Without the parts in which all UUIDs have digits in common.
  const [first = "", second = "", , , last = ""] = randomUUID().split("-");
  return (first + second + last).slice(0, 2 * bytes);
}

/** Encodes in base64url with padding, which the encoding of Node.js leaves out. */
const urlSafe = (hex: string) =>
  Buffer.from(hex, "hex").toString("base64").replaceAll("+", "-").replaceAll("/", "_");
