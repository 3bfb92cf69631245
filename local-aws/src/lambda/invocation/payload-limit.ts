/** Bytes, by invocation type. */
export const PAYLOAD_LIMIT = {
  RequestResponse: 6_291_456,
  Event: 1_048_576,
  DryRun: 6_291_456,
} as const;

export type InvocationType = keyof typeof PAYLOAD_LIMIT;
