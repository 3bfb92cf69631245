import { printable } from "./printable.ts";

/** Error codes of Node.js for a failed connection. */
const CONNECTION_CODES = [
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
];

/**
 * Returns a sentence that says why a call to AWS failed and how to fix it, or undefined if the error is
 * not a failed call to AWS.
 */
export function explainAwsFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name } = error;
  const message = printable(error.message);
  const code = "code" in error ? String(error.code) : "";
  if (name === "CredentialsProviderError" || name === "TokenProviderError")
    return `No valid AWS credentials: ${message}. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
  if (/^Region (?:is missing|not accepted)/.test(message))
    return `No valid AWS region: ${message}. Set AWS_REGION, for example AWS_REGION=us-east-1.`;
  if (code === "ERR_INVALID_URL")
    return "AWS_ENDPOINT_URL is not a valid URL. Set it to a URL such as http://localhost:4566, or unset it to use AWS.";
  if (name === "TimeoutError" || CONNECTION_CODES.includes(code))
    return `AWS did not respond: ${message || code}. Check the network connection. If AWS_ENDPOINT_URL is set, check that the local AWS is running at that URL.`;
  if ("$metadata" in error || "$response" in error)
    return `AWS returned an error: ${name}: ${message}`;
  return undefined;
}
