import { printable } from "./printable.ts";

/** The codes of Node.js for a connection that could not be opened or kept. */
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
 * Returns a sentence about why a call to AWS failed and how to fix it; undefined for any other error,
 * which is a fault of the caller's code.
 */
export function explainAwsFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name } = error;
  const message = printable(error.message);
  const code = "code" in error ? String(error.code) : "";
  if (name === "CredentialsProviderError" || name === "TokenProviderError")
    return `There are no usable AWS credentials (${message}). Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
  if (/^Region (?:is missing|not accepted)/.test(message))
    return `There is no valid AWS region (${message}). Set AWS_REGION, such as AWS_REGION=us-east-1.`;
  if (code === "ERR_INVALID_URL")
    return "AWS_ENDPOINT_URL is not a URL. Set it to one such as http://localhost:4566, or unset it for AWS.";
  if (name === "TimeoutError" || CONNECTION_CODES.includes(code))
    return `AWS did not respond (${message || code}). Check the network, or with AWS_ENDPOINT_URL, that the local AWS runs there.`;
  if ("$metadata" in error || "$response" in error) return `AWS refused: ${name}: ${message}`;
  return undefined;
}
