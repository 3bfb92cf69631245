/**
 * Stands in the bundles for `@smithy/core/event-streams`, which no operation of ours uses: of those
 * in the two clients only Lambda's `InvokeWithResponseStream` answers with one.
 */

export const eventStreamSerdeProvider = () => undefined;

export const resolveEventStreamSerdeConfig = <Config>(config: Config): Config => config;

export function EventStreamSerde(): never {
  throw new Error(
    "The bundles do not support event streams. See scripts/build/no-event-streams.ts.",
  );
}
