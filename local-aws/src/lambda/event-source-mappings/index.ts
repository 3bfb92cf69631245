import { reportError } from "../../report-error.ts";
import { regionOf, type State } from "../../state.ts";
import type { EventSourceMapping } from "../state.ts";
import type { PollerOptions } from "./poller.ts";

/**
 * The event source mappings of all regions, and the pollers of their queues. A change is completed after
 * the response of the API.
 *
 * Our choice: the change is complete at the next request, because no source has the time.
 */
export interface EventSourceMappings {
  list(region: string): EventSourceMapping[];
  find(region: string, uuid: string): EventSourceMapping | undefined;
  /** Starts the creation of a mapping. Returns the mapping with the change in progress. */
  create(region: string, created: EventSourceMapping): EventSourceMapping;
  /** Starts an update of a mapping. Returns the mapping with the change in progress. */
  update(region: string, changed: EventSourceMapping): EventSourceMapping;
  /** Starts the deletion of a mapping. Returns the mapping with the change in progress. */
  delete(region: string, mapping: EventSourceMapping): EventSourceMapping;
  /** Starts polling for the mappings in the state. */
  resume(): void;
  /** Stops polling. Resolves when the batches in progress have ended. */
  close(): Promise<void>;
}

type Change = NonNullable<EventSourceMapping["change"]>;

export function createEventSourceMappings(
  options: PollerOptions & { state: State },
): EventSourceMappings {
  const { state, clock } = options;
  /** The functions that stop the pollers, by the UUID of the mapping. */
  const stops = new Map<string, () => void>();
  /** The pollers that have not ended, including stopped ones. */
  const pollers = new Set<Promise<void>>();
  let closed = false;

  const mappingsIn = (region: string): Record<string, EventSourceMapping> =>
    Object.hasOwn(state.regions, region) ? regionOf(state, region).lambda.eventSourceMappings : {};

  const find = (region: string, uuid: string) => {
    const mappings = mappingsIn(region);
    return Object.hasOwn(mappings, uuid) ? mappings[uuid] : undefined;
  };

  const start = (mapping: EventSourceMapping) => {
    const abort = new AbortController();
    const run = async () => {
      // Loaded only when needed: a stack without mappings does not use the poller.
      const { poll } = await import("./poller.ts");
      await poll(options, mapping, abort.signal);
    };
    const poller = run()
      .catch((error: unknown) => reportError(error))
      .finally(() => pollers.delete(poller));
    pollers.add(poller);
    stops.set(mapping.UUID, () => abort.abort());
  };

  const restart = (mapping: EventSourceMapping) => {
    stops.get(mapping.UUID)?.();
    stops.delete(mapping.UUID);
    if (mapping.Enabled && !closed) start(mapping);
  };

  const complete = (region: string, mapping: EventSourceMapping) => {
    // Another change can have replaced the mapping.
    if (find(region, mapping.UUID) !== mapping) return;
    const { change, ...changed } = mapping;
    if (change === "Deleting") delete mappingsIn(region)[mapping.UUID];
    else
      regionOf(state, region).lambda.eventSourceMappings[mapping.UUID] = {
        ...changed,
        LastModified: clock.now() / 1000,
      };
    restart(changed);
  };

  /** Replaces a mapping with one that has a change in progress. */
  const begin = (region: string, changed: EventSourceMapping, change: Change) => {
    const mapping = { ...changed, change, LastModified: clock.now() / 1000 };
    regionOf(state, region).lambda.eventSourceMappings[mapping.UUID] = mapping;
    queueMicrotask(() => complete(region, mapping));
    return mapping;
  };

  return {
    list: (region) => Object.values(mappingsIn(region)),
    find,
    create: (region, created) => begin(region, created, "Creating"),
    update(region, changed) {
      const toggle = changed.Enabled ? "Enabling" : "Disabling";
      const isToggled = find(region, changed.UUID)?.Enabled !== changed.Enabled;
      return begin(region, changed, isToggled ? toggle : "Updating");
    },
    delete: (region, mapping) => begin(region, { ...mapping, Enabled: false }, "Deleting"),
    resume() {
      for (const region of Object.keys(state.regions))
        for (const mapping of Object.values(mappingsIn(region))) restart(mapping);
    },
    async close() {
      closed = true;
      for (const stop of stops.values()) stop();
      await Promise.all(pollers);
    },
  };
}
