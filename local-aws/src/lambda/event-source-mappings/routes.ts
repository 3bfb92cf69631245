import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { Iam } from "../../iam/index.ts";
import { pageOf } from "../../protocols/pages.ts";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { State } from "../../state.ts";
import {
  findFunction,
  invalid,
  namespacedFunctionName,
  notFound,
  resolveFunction,
} from "../api/function-name.ts";
import { pattern, RESOURCE_ARN_PATTERN } from "../api/pattern.ts";
import { checkTagCount } from "../api/tags.ts";
import type { Functions } from "../functions.ts";
import type { EventSourceMapping } from "../state.ts";
import { checkConflict, checkQueue, checkSource } from "./checks.ts";
import type { EventSourceMappings } from "./index.ts";
import { changedSettings, mappingSettings } from "./settings.ts";

const sourceArn = v.pipe(v.string(), pattern(RESOURCE_ARN_PATTERN));

const createInput = v.strictObject({
  EventSourceArn: v.exactOptional(sourceArn),
  FunctionName: namespacedFunctionName,
  ...mappingSettings,
  StartingPosition: v.exactOptional(v.picklist(["LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"])),
  Tags: v.exactOptional(v.record(v.string(), v.string()), {}),
});

const updateInput = v.strictObject({
  UUID: v.string(),
  FunctionName: v.exactOptional(namespacedFunctionName),
  ...mappingSettings,
});

const uuidInput = v.strictObject({ UUID: v.string() });

const listInput = v.strictObject({
  EventSourceArn: v.exactOptional(sourceArn),
  FunctionName: v.exactOptional(namespacedFunctionName),
  Marker: v.exactOptional(v.string()),
  MaxItems: v.exactOptional(
    v.pipe(v.string(), v.transform(Number), v.integer(), v.minValue(1), v.maxValue(10_000)),
  ),
});

/** The maximum number of mappings in a response of ListEventSourceMappings. */
const PAGE_LIMIT = 100;

interface MappingsApi {
  state: State;
  iam: Iam;
  functions: Functions;
  mappings: EventSourceMappings;
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
export function eventSourceMappingRoutes(api: MappingsApi): Route[] {
  const { state, mappings } = api;
  const collection = "/2015-03-31/event-source-mappings";
  const path = `${collection}/{UUID}`;
  const resource = ({ UUID }: { UUID: string }, { region }: { region: string }) =>
    mappingArn(state, region, UUID);
  const find = (region: string, uuid: string) => {
    const found = mappings.find(region, uuid);
    if (found === undefined) throw notFound("The resource you requested does not exist.");
    return found;
  };
  const describe = (region: string, mapping: EventSourceMapping) =>
    describeMapping(mapping, mappingArn(state, region, mapping.UUID));

  return [
    {
      name: "CreateEventSourceMapping",
      method: "POST",
      path: collection,
      status: 202,
      operation: {
        input: createInput,
        handle(input: v.InferOutput<typeof createInput>, { region }) {
          const created = newMapping(api, region, input);
          return describe(region, mappings.create(region, created));
        },
      },
    },
    {
      name: "GetEventSourceMapping",
      method: "GET",
      path,
      operation: {
        input: uuidInput,
        resource,
        handle: ({ UUID }: { UUID: string }, { region }) => describe(region, find(region, UUID)),
      },
    },
    {
      name: "UpdateEventSourceMapping",
      method: "PUT",
      path,
      status: 202,
      operation: {
        input: updateInput,
        resource,
        handle({ UUID, ...input }: v.InferOutput<typeof updateInput>, { region }) {
          const changed = changedMapping(api, region, find(region, UUID), input);
          return describe(region, mappings.update(region, changed));
        },
      },
    },
    {
      name: "DeleteEventSourceMapping",
      method: "DELETE",
      path,
      status: 202,
      operation: {
        input: uuidInput,
        resource,
        handle: ({ UUID }: { UUID: string }, { region }) =>
          describe(region, mappings.delete(region, find(region, UUID))),
      },
    },
    {
      name: "ListEventSourceMappings",
      method: "GET",
      path: collection,
      operation: {
        input: listInput,
        handle(input: v.InferOutput<typeof listInput>, { region }) {
          const { EventSourceArn, FunctionName, Marker, MaxItems = PAGE_LIMIT } = input;
          const functionArn =
            FunctionName && resolveFunction(state.accountId, region, { FunctionName }).arn;
          const found = mappings
            .list(region)
            .filter(
              (mapping) => (EventSourceArn ?? mapping.EventSourceArn) === mapping.EventSourceArn,
            )
            .filter((mapping) => (functionArn ?? mapping.FunctionArn) === mapping.FunctionArn);
          const { page, nextToken } = pageOf(found, ({ UUID }) => UUID, {
            limit: Math.min(MaxItems, PAGE_LIMIT),
            token: Marker,
            // Our choice, because there is no source: the message.
            invalidToken: () => invalid("Invalid marker."),
          });
          return {
            EventSourceMappings: page.map((mapping) => describe(region, mapping)),
            NextMarker: nextToken,
          };
        },
      },
    },
  ];
}

const mappingArn = (state: State, region: string, uuid: string) =>
  `arn:aws:lambda:${region}:${state.accountId}:event-source-mapping:${uuid}`;

function newMapping(
  api: MappingsApi,
  region: string,
  input: v.InferOutput<typeof createInput>,
): EventSourceMapping {
  const { EventSourceArn: arn, FunctionName, StartingPosition, Tags, ...settings } = input;
  const EventSourceArn = checkSource(arn);
  if (StartingPosition !== undefined)
    throw invalid(`Unsupported starting position for arn type: ${EventSourceArn}`);
  checkTagCount(Tags);
  const base: EventSourceMapping = {
    UUID: randomUUID(),
    EventSourceArn,
    FunctionArn: "",
    Enabled: true,
    BatchSize: 10,
    MaximumBatchingWindowInSeconds: 0,
    FunctionResponseTypes: [],
    LastModified: 0,
    tags: Tags,
  };
  return changedMapping(api, region, base, { ...settings, FunctionName });
}

/**
 * Returns a mapping with changed settings.
 * @throws {AwsError} 400 InvalidParameterValueException, 409 ResourceConflictException.
 */
function changedMapping(
  { state, iam, functions, mappings }: MappingsApi,
  region: string,
  mapping: EventSourceMapping,
  input: Omit<v.InferOutput<typeof updateInput>, "UUID">,
): EventSourceMapping {
  const { FunctionName = mapping.FunctionArn, ...settings } = input;
  const changed = changedSettings(mapping, settings);
  const reference = resolveFunction(state.accountId, region, { FunctionName });
  const target = findFunction(functions, reference, () => invalid("Function does not exist"));
  changed.FunctionArn = reference.arn;
  checkConflict(mappings.list(region), changed, reference.functionName);
  checkQueue({ iam, state }, target, mapping.EventSourceArn);
  return changed;
}

function describeMapping(mapping: EventSourceMapping, EventSourceMappingArn: string) {
  const { Enabled, change, tags: _, ...settings } = mapping;
  return {
    ...settings,
    EventSourceMappingArn,
    State: change ?? (Enabled ? "Enabled" : "Disabled"),
    StateTransitionReason: "USER_INITIATED",
  };
}
