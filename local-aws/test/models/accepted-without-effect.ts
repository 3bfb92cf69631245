const destinations = ["OnSuccess", "OnSuccess.Destination", "OnFailure", "OnFailure.Destination"];

/** The members of destination configs. AWS refuses the whole config for a queue. */
const refusedDestinations = ["Create", "Update"].flatMap((verb) =>
  destinations.map((path) => [
    `lambda:${verb}EventSourceMapping DestinationConfig.${path}`,
    "the config that contains it is refused, as on AWS: a queue has no destinations",
  ]),
);

/**
 * Members of inputs that the local AWS accepts although they have no effect, each with the reason.
 */
export const acceptedWithoutEffect: Readonly<Record<string, string>> = {
  ...Object.fromEntries(refusedDestinations),
  "logs:FilterLogEvents interleaved":
    "AWS ignores it: the events of several streams are always interleaved",
  "logs:PutLogEvents sequenceToken": "AWS ignores it: every token is accepted",
  "logs:PutQueryDefinition clientToken":
    "the SDK adds it for its own retries, and a response of the local AWS is not lost",
};
