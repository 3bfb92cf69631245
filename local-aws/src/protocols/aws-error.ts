/** An error that AWS returns. Each protocol writes it in its own form. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly code: string;
  readonly status: number;
  /** Further members of its body, such as `Reason` of a throttled Invoke. */
  readonly members: Readonly<Record<string, string>>;
  /** Its members that are headers, such as `Retry-After` of a throttled Invoke. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, members = {}, headers = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.members = members;
    this.headers = headers;
  }
}

/**
 * Returns the error for a part of AWS that the local AWS does not implement. 501 is the only server
 * error that neither the SDKs nor Terraform's provider retry, so the user gets the reason at once.
 */
export function notImplemented(what: string): AwsError {
  return new AwsError(501, "NotImplemented", `The local AWS does not implement ${what}.`);
}
