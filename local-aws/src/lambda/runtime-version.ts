/** Returns the ARN of the version of each runtime, as configurations and logs have it. */
export const runtimeVersionArn = (region: string): string =>
  `arn:aws:lambda:${region}::runtime:${"0".repeat(64)}`;
