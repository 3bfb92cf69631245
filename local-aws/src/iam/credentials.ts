import { randomBytes } from "node:crypto";
import type { Caller } from "../protocols/caller.ts";
import { sessionOf } from "./sessions.ts";

/** Temporary credentials of a role. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** Credentials for the check of a signature, and the caller who has them. */
export interface KnownCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  caller: Caller;
}

/**
 * Creates the store of the known access keys, which are kept until the process ends.
 *
 * Our choice: credentials do not expire. On AWS, those of an execution environment are renewed before
 * they expire.
 */
export function createCredentials({ accountId }: { accountId: string }) {
  const known = new Map<string, KnownCredentials>();

  // Our choice: the access key `test` has the secret `test`. It is the only key of the administrator,
  // because signatures of other keys could not be checked.
  known.set("test", {
    accessKeyId: "test",
    secretAccessKey: "test",
    caller: { type: "administrator", arn: `arn:aws:iam::${accountId}:root` },
  });

  return {
    find: (accessKeyId: string): KnownCredentials | undefined => known.get(accessKeyId),
    issue(roleArn: string, sessionName: string): Credentials {
      const credentials = {
        accessKeyId: `ASIA${keyCharacters(16)}`,
        secretAccessKey: randomBytes(30).toString("base64"),
        sessionToken: randomBytes(180).toString("base64"),
      };
      const caller = sessionOf(roleArn, sessionName);
      known.set(credentials.accessKeyId, { ...credentials, caller });
      return credentials;
    },
  };
}

const KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const keyCharacters = (length: number) =>
  Array.from(randomBytes(length), (byte) => KEY_ALPHABET[byte % 32] ?? "").join("");
