import type { Clock } from "../clock.ts";
import { AwsError, notImplemented } from "../protocols/aws-error.ts";
import {
  type AuthorizationHeader,
  incomplete,
  parseAuthorization,
} from "./authorization-header.ts";
import type { createCredentials, KnownCredentials } from "./credentials.ts";
import { payloadHash, sameText, signatureMatches } from "./signature.ts";
import type { Authentication, SignedRequest } from "./signed-request.ts";
import { createSigningKeys } from "./signing-keys.ts";

/**
 * Creates a function that checks the signature in the headers of a request.
 *
 * The error codes are those of AWS's JSON services. The query protocol uses other names for them.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export function createAuthenticate(options: {
  clock: Clock;
  credentials: ReturnType<typeof createCredentials>;
}): (request: SignedRequest) => Promise<Authentication> {
  const { clock, credentials } = options;
  const signingKeys = createSigningKeys();
  return async (request) => {
    const authorization = parseAuthorization(authorizationOf(request));
    const { accessKeyId, service, region } = authorization;
    const { stamp, time } = signingTime(request, authorization);
    checkTime(time, clock.now());
    const payload = payloadHash(request);
    if (!payload.valid) throw mismatch();

    const known = credentials.find(accessKeyId);
    if (known === undefined) throw invalidToken(UNKNOWN_KEY);
    checkToken(request, known);
    const signed = { hash: payload.hash, stamp, signingKeys };
    if (!signatureMatches(request, authorization, known, signed)) throw mismatch();
    return { caller: known.caller, service, region };
  };
}

function authorizationOf({ headers, url, body }: SignedRequest): string {
  const header = headers["authorization"];
  if (header !== undefined) return header;
  if (/[?&]X-Amz-Signature=/i.test(url))
    throw notImplemented("signatures in the query string (presigned URLs)");
  const [, operation] = UNSIGNED_OPERATION.exec(body.toString()) ?? [];
  if (operation !== undefined) throw notImplemented(`sts:${operation}`);
  const [, provider, called] = COGNITO.exec(headers["x-amz-target"] ?? "") ?? [];
  if (called !== undefined)
    throw notImplemented(`the service cognito-${provider ? "idp" : "identity"} (${called})`);
  throw new AwsError(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
}

/** The operations of STS that need no signature, because they have a token of another issuer. */
const UNSIGNED_OPERATION = /(?:^|&)Action=(AssumeRoleWith(?:SAML|WebIdentity))(?:&|$)/;

/**
 * Matches a target of Amazon Cognito, which has operations that need no signature, such as
 * `InitiateAuth`.
 */
const COGNITO = /^AWSCognitoIdentity(Provider)?Service\.(\w+)$/;

/** Returns the time of a signature as it was sent, and in milliseconds since the epoch. */
function signingTime(
  { headers }: SignedRequest,
  authorization: AuthorizationHeader,
): { stamp: string; time: number } {
  const stamp = headers["x-amz-date"];
  // Our choice: the `Date` header is not accepted. AWS accepts it, but no current SDK sends it.
  if (stamp === undefined || !STAMP.test(stamp))
    throw incomplete(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  if (!stamp.startsWith(authorization.date))
    throw invalid(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${authorization.date}' != '${stamp.slice(0, 8)}', from '${stamp}'.`,
    );
  const time = Date.parse(isoFormat(stamp));
  if (Number.isNaN(time))
    throw incomplete(`Date must be in ISO-8601 'basic format'. Got '${stamp}'.`);
  return { stamp, time };
}

const STAMP = /^\d{8}T\d{6}Z$/;

/** A regular expression would take several times as long, for each request. */
const isoFormat = (stamp: string) =>
  `${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 11)}:${stamp.slice(11, 13)}:${stamp.slice(13)}`;

const stampOf = (time: number) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");

const SKEW_MINUTES = 15;

function checkTime(time: number, now: number): void {
  const skew = SKEW_MINUTES * 60_000;
  if (time < now - skew)
    throw invalid(
      `Signature expired: ${stampOf(time)} is now earlier than ${stampOf(now - skew)} (${stampOf(now)} - ${SKEW_MINUTES} min.)`,
    );
  if (time > now + skew)
    throw invalid(
      `Signature not yet current: ${stampOf(time)} is still later than ${stampOf(now + skew)} (${stampOf(now)} + ${SKEW_MINUTES} min.)`,
    );
}

function checkToken({ headers }: SignedRequest, { sessionToken }: KnownCredentials): void {
  if (sessionToken === undefined || sameText(sessionToken, headers["x-amz-security-token"] ?? ""))
    return;
  throw invalidToken();
}

// Our choice: this sentence with the valid credentials follows the message of AWS.
const UNKNOWN_KEY =
  "The local AWS accepts the access key ID test with the secret access key test. Set AWS_ACCESS_KEY_ID=test and AWS_SECRET_ACCESS_KEY=test, or use a profile with these credentials.";

const invalidToken = (hint?: string) =>
  new AwsError(
    403,
    "UnrecognizedClientException",
    ["The security token included in the request is invalid.", hint].filter(Boolean).join(" "),
  );

const mismatch = () =>
  invalid(
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  );

const invalid = (message: string) => new AwsError(403, "InvalidSignatureException", message);
