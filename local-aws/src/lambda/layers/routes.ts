import * as v from "valibot";
import { defineOperation, type OperationContext } from "../../protocols/operation.ts";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { State } from "../../state.ts";
import { invalid, notFound } from "../api/function-name.ts";
import type { FunctionsApi } from "../api/function-route.ts";
import { markedPage, pagingInput } from "../api/paging.ts";
import type { LayerVersion } from "../state.ts";
import { compatibleArchitecture, compatibleRuntime } from "./compatibility.ts";
import {
  layerName,
  layerNameOf,
  layerVersionArn,
  type LayerVersionReference,
  parseLayerVersionArn,
} from "./layer-arn.ts";
import {
  findLayer,
  findLayerVersion,
  layerArn,
  listLayers,
  removeLayerVersion,
} from "./layer-store.ts";
import { describeLayerVersion, summarizeLayerVersion } from "./layer-description.ts";
import { publishLayerVersionRoute } from "./publish.ts";

const LAYERS = "/2018-10-31/layers";
const VERSIONS = `${LAYERS}/{LayerName}/versions`;
const VERSION = `${VERSIONS}/{VersionNumber}`;

const versionInput = v.strictObject({
  LayerName: layerName,
  VersionNumber: v.pipe(v.string(), v.regex(/^-?\d+$/), v.transform(Number)),
});

/** @see https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html */
export function layerRoutes(api: Pick<FunctionsApi, "state" | "clock">): Route[] {
  const { state } = api;
  return [
    publishLayerVersionRoute(api, VERSIONS),
    { name: "GetLayerVersion", method: "GET", path: VERSION, operation: getLayerVersion(state) },
    {
      name: "GetLayerVersionByArn",
      method: "GET",
      path: LAYERS,
      query: { find: "LayerVersion" },
      operation: getLayerVersionByArn(state),
    },
    { name: "ListLayers", method: "GET", path: LAYERS, operation: listOperation(state) },
    {
      name: "ListLayerVersions",
      method: "GET",
      path: VERSIONS,
      operation: listVersionsOperation(state),
    },
    {
      name: "DeleteLayerVersion",
      method: "DELETE",
      path: VERSION,
      status: 204,
      operation: deleteLayerVersion(state),
    },
  ];
}

const getLayerVersion = (state: State) =>
  defineOperation({
    input: versionInput,
    resource: (input, context) => versionArn(state, referenceTo(state, input, context)),
    handle: (input, context) => getVersion(state, referenceTo(state, input, context)),
  });

const getLayerVersionByArn = (state: State) =>
  defineOperation({
    input: v.strictObject({ find: v.literal("LayerVersion"), Arn: layerVersionArn }),
    action: "lambda:GetLayerVersion",
    resource: ({ Arn }) => Arn,
    handle: ({ Arn }) => getVersion(state, parseLayerVersionArn(state.accountId, Arn)),
  });

function getVersion(state: State, reference: LayerVersionReference): unknown {
  checkVersionNumber(reference);
  const version = findLayerVersion(state, reference);
  if (version === undefined) throw notFound("The resource you requested does not exist.");
  return describeLayerVersion(layerArn(state, reference.region, reference.name), version);
}

const deleteLayerVersion = (state: State) =>
  defineOperation({
    input: versionInput,
    resource: (input, context) => versionArn(state, referenceTo(state, input, context)),
    handle(input, context) {
      const reference = referenceTo(state, input, context);
      checkVersionNumber(reference);
      removeLayerVersion(state, reference);
    },
  });

const listInput = {
  CompatibleRuntime: v.exactOptional(compatibleRuntime),
  CompatibleArchitecture: v.exactOptional(compatibleArchitecture),
  ...pagingInput,
};

const listOperation = (state: State) =>
  defineOperation({
    input: v.strictObject(listInput),
    handle(input, { region }) {
      const listed = listLayers(state, region).flatMap(([LayerName, { versions }]) => {
        const latest = versions.findLast(isCompatible(input));
        if (latest === undefined) return [];
        const LayerArn = layerArn(state, region, LayerName);
        return [
          { LayerName, LayerArn, LatestMatchingVersion: summarizeLayerVersion(LayerArn, latest) },
        ];
      });
      const { page, ...next } = markedPage(listed, ({ LayerName }) => LayerName, input);
      return { Layers: page, ...next };
    },
  });

const listVersionsOperation = (state: State) =>
  defineOperation({
    input: v.strictObject({ LayerName: layerName, ...listInput }),
    handle({ LayerName, ...input }, { region }) {
      const name = layerNameOf(state.accountId, region, LayerName);
      const arn = layerArn(state, region, name);
      const versions = findLayer(state, region, name)?.versions ?? [];
      const listed = versions
        .filter(isCompatible(input))
        .map((version) => summarizeLayerVersion(arn, version))
        .toReversed();
      const { page, ...next } = markedPage(listed, ({ Version }) => `${Version}`, input);
      return { LayerVersions: page, ...next };
    },
  });

const isCompatible =
  (wanted: { CompatibleRuntime?: string; CompatibleArchitecture?: string }) =>
  ({ CompatibleRuntimes = [], CompatibleArchitectures = [] }: LayerVersion): boolean =>
    (wanted.CompatibleRuntime === undefined ||
      CompatibleRuntimes.includes(wanted.CompatibleRuntime)) &&
    (wanted.CompatibleArchitecture === undefined ||
      CompatibleArchitectures.includes(wanted.CompatibleArchitecture));

const referenceTo = (
  { accountId }: State,
  { LayerName, VersionNumber }: v.InferOutput<typeof versionInput>,
  { region }: OperationContext,
): LayerVersionReference => ({
  region,
  name: layerNameOf(accountId, region, LayerName),
  version: VersionNumber,
});

const versionArn = (state: State, { region, name, version }: LayerVersionReference) =>
  `${layerArn(state, region, name)}:${version}`;

function checkVersionNumber({ version }: LayerVersionReference): void {
  if (version < 1) throw invalid("Layer Version Cannot be less than 1");
}
