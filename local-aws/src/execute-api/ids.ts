import { createHash, randomUUID } from "node:crypto";

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
  const id = () => urlSafe(`${randomHex(7)}${suffix.toString("hex")}`);
  return {
    connectionId: id,
    messageId: id,
    isConnectionId: (candidate) =>
      /^[\w-]{18}==$/.test(candidate) &&
      Buffer.from(candidate, "base64url").subarray(-SUFFIX_BYTES).equals(suffix),
  };
}

/** The id of one exchange with a client: 16 characters, such as `EOoI4HImoAMErtQ=`. */
export const newRequestId = (): string => urlSafe(randomHex(11));

/** At most 12 bytes. Node.js has UUIDs in store, while every call for bytes goes to the system. */
function randomHex(bytes: number): string {
  // Without the parts in which all UUIDs have digits in common.
  const [first = "", second = "", , , last = ""] = randomUUID().split("-");
  return (first + second + last).slice(0, 2 * bytes);
}

/** base64url with its padding, which Node's own encoding leaves out. */
const urlSafe = (hex: string) =>
  Buffer.from(hex, "hex").toString("base64").replaceAll("+", "-").replaceAll("/", "_");
