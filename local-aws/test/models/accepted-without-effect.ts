/**
 * Members of inputs that the local AWS accepts although they have no effect, each with the reason.
 */
export const acceptedWithoutEffect: Readonly<Record<string, string>> = {
  "logs:FilterLogEvents interleaved":
    "AWS ignores it: the events of several streams are always interleaved",
  "logs:PutLogEvents sequenceToken": "AWS ignores it: every token is accepted",
  "logs:PutQueryDefinition clientToken":
    "the SDK adds it for its own retries, and a response of the local AWS is not lost",
};
