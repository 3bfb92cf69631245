import { generateKeyPairSync, sign } from "node:crypto";

/**
 * Creates a self-signed certificate with its key, both in PEM. No client verifies it, so it has no host
 * names, and nothing but the fields that X.509 requires.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function createCertificate(): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const fields = sequence(
    element(INTEGER, Buffer.from([1])),
    ECDSA_WITH_SHA256,
    NAME,
    sequence(
      element(UTC_TIME, Buffer.from("200101000000Z")),
      element(UTC_TIME, Buffer.from("491231235959Z")),
    ),
    NAME,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = element(BIT_STRING, Buffer.from([0]), sign("sha256", fields, privateKey));
  const certificate = sequence(fields, ECDSA_WITH_SHA256, signature);
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64")}\n-----END CERTIFICATE-----\n`,
  };
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;

/** A value in DER: its type, its length and its content. */
function element(type: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const lengthOctets =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([type, ...lengthOctets]), content]);
}

const sequence = (...contents: Buffer[]) => element(SEQUENCE, ...contents);

/** 1.2.840.10045.4.3.2 */
const ECDSA_WITH_SHA256 = sequence(
  element(OBJECT_IDENTIFIER, Buffer.from("2a8648ce3d040302", "hex")),
);

/** The common name, 2.5.4.3, of the subject and the issuer. */
const NAME = sequence(
  element(
    SET,
    sequence(
      element(OBJECT_IDENTIFIER, Buffer.from("550403", "hex")),
      element(UTF8_STRING, Buffer.from("local AWS")),
    ),
  ),
);
