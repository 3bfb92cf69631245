/**
 * Returns the ARN of the runtime version in configurations and logs. It is the same for each runtime.
 */
export const runtimeVersionArn = (region: string): string =>
  `arn:aws:lambda:${region}::runtime:${"0".repeat(64)}`;
