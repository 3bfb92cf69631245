import { AwsError } from "../protocols/aws-error.ts";

/** The parts of `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`. */
export interface AuthorizationHeader {
  accessKeyId: string;
  /** `YYYYMMDD` */
  date: string;
  region: string;
  service: string;
  /** In lower case. */
  signedHeaders: ReadonlySet<string>;
  /** 64 hexadecimal digits. */
  signature: string;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;
const SCOPE = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/;

/**
 * Parses the header.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
 * @throws {AwsError} 403 IncompleteSignatureException, or InvalidSignatureException for an invalid
 * region.
 */
export function parseAuthorization(header: string): AuthorizationHeader {
  const [algorithm = "", ...rest] = header.split(" ");
  if (algorithm !== ALGORITHM)
    throw incomplete(`Unsupported AWS 'algorithm': '${algorithm}'. Use '${ALGORITHM}'.`);
  const parameters = new Map(
    rest
      .join("")
      .split(",")
      .map((parameter) => splitOnce(parameter, "=")),
  );
  const [credential, signedHeaders, signature] = required.map((name) => parameters.get(name) ?? "");
  if (!credential || !signedHeaders || !signature) throw incomplete(missing(parameters));
  const [, accessKeyId, date, region, service] = SCOPE.exec(credential) ?? [];
  if (!accessKeyId || !date || !region || !service)
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  if (!REGION.test(region))
    throw new AwsError(
      403,
      "InvalidSignatureException",
      `Credential should be scoped to a valid region, not '${region}'.`,
    );
  const names = new Set(signedHeaders.toLowerCase().split(";"));
  return { accessKeyId, date, region, service, signedHeaders: names, signature };
}

const required = ["Credential", "SignedHeaders", "Signature"] as const;

const missing = (parameters: ReadonlyMap<string, string>) =>
  required
    .filter((name) => !parameters.get(name))
    .map((name) => `Authorization header requires '${name}' parameter.`)
    .join(" ");

export const incomplete = (message: string) =>
  new AwsError(403, "IncompleteSignatureException", message);

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}
