import * as v from "valibot";
import { destinationConfig } from "../api/destinations.ts";
import { invalid } from "../api/function-name.ts";
import type { EventSourceMapping } from "../state.ts";
import { parseFilterPattern } from "./filter-pattern.ts";

const between = (minimum: number, maximum: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(minimum), v.maxValue(maximum));

/** The parameters that CreateEventSourceMapping and UpdateEventSourceMapping have in common. */
export const mappingSettings = {
  Enabled: v.exactOptional(v.boolean()),
  BatchSize: v.exactOptional(between(1, 10_000)),
  MaximumBatchingWindowInSeconds: v.exactOptional(between(0, 300)),
  FunctionResponseTypes: v.exactOptional(
    v.pipe(v.array(v.picklist(["ReportBatchItemFailures"])), v.maxLength(1)),
  ),
  FilterCriteria: v.exactOptional(
    v.strictObject({
      Filters: v.exactOptional(
        v.array(
          v.strictObject({ Pattern: v.exactOptional(v.pipe(v.string(), v.maxLength(4096)), "") }),
        ),
        [],
      ),
    }),
  ),
  ScalingConfig: v.exactOptional(
    v.strictObject({ MaximumConcurrency: v.exactOptional(between(2, 1000)) }),
  ),
  DestinationConfig: v.exactOptional(destinationConfig),
};

const settingsSchema = v.object(mappingSettings);

type Settings = v.InferOutput<typeof settingsSchema>;

type Changeable = Omit<EventSourceMapping, "UUID" | "EventSourceArn" | "change" | "tags">;

/** The maximum number of messages that Lambda receives from a queue with one request. */
export const RECEIVE_LIMIT = 10;

/**
 * Returns the settings of a mapping after a change. An empty list of filters and an empty scaling config
 * remove those of the mapping.
 * @throws {AwsError} 400 InvalidParameterValueException.
 */
export function changedSettings<Mapping extends Changeable>(
  mapping: Mapping,
  { DestinationConfig, FilterCriteria, ScalingConfig, ...plain }: Settings,
): Mapping {
  if (DestinationConfig !== undefined)
    throw invalid("Unsupported DestinationConfig parameter for given event source mapping type.");
  const changed: Mapping = { ...mapping, ...v.parse(settingsSchema, plain) };
  if (changed.BatchSize > RECEIVE_LIMIT && changed.MaximumBatchingWindowInSeconds === 0)
    throw invalid(
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
    );
  if (FilterCriteria !== undefined) {
    const { Filters } = FilterCriteria;
    for (const { Pattern } of Filters) parseFilterPattern(Pattern);
    delete changed.FilterCriteria;
    if (Filters.length > 0) changed.FilterCriteria = { Filters };
  }
  if (ScalingConfig !== undefined) {
    const { MaximumConcurrency } = ScalingConfig;
    delete changed.ScalingConfig;
    if (MaximumConcurrency !== undefined) changed.ScalingConfig = { MaximumConcurrency };
  }
  return changed;
}
