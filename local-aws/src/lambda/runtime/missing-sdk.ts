/**
 * Returns the package of the AWS SDK that an error reports as missing. Lambda's runtime contains it; here it
 * has to be installed.
 */
export function missingSdkPackage(error: unknown): string | undefined {
  const message: unknown = error instanceof Error ? error.message : undefined;
  return NOT_FOUND.exec(typeof message === "string" ? message : "")?.[1];
}

const NOT_FOUND = /Cannot find (?:module|package) '(@(?:aws-sdk|smithy)\/[\w.-]+)/;
