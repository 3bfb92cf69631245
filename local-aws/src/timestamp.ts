/** Returns a time in ISO 8601 in whole seconds, as API Gateway and IAM write it. */
export const timestamp = (now: number): string =>
  new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
