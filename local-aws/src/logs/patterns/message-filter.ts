/** Fields of a message by name, such as `$status`. Only a space-delimited pattern extracts fields. */
export type ExtractedValues = Readonly<Record<string, string>>;

/**
 * A parsed filter pattern. Returns the fields that it extracts from the message of a log event, or
 * undefined if the pattern does not match the message.
 */
export type MessageFilter = (message: string) => ExtractedValues | undefined;

/** A filter that extracts nothing. */
export const filterBy =
  (matches: (message: string) => boolean): MessageFilter =>
  (message) =>
    matches(message) ? {} : undefined;
