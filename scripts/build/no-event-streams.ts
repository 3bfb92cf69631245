/**
 * Replaces `@smithy/core/event-streams` in the bundles. In the two clients, only Lambda's operation
 * `InvokeWithResponseStream` has an event stream, and the functions do not use it.
 */

export const eventStreamSerdeProvider = () => undefined;

export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;

export function EventStreamSerde(): never {
  throw new Error(
    "The bundles do not support event streams. See scripts/build/no-event-streams.ts.",
  );
}
