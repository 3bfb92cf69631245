import { regionOf, type State } from "../../state.ts";
import type { Layer, LayerVersion } from "../state.ts";
import type { LayerVersionReference } from "./layer-arn.ts";

export const layerArn = ({ accountId }: State, region: string, name: string): string =>
  `arn:aws:lambda:${region}:${accountId}:layer:${name}`;

/** Returns the layers of a region by their names, including those without versions. */
const layersOf = (state: State, region: string): Readonly<Record<string, Layer>> =>
  Object.hasOwn(state.regions, region) ? regionOf(state, region).lambda.layers : {};

/** Returns the layers of a region, with their names. */
export const listLayers = (state: State, region: string): [name: string, layer: Layer][] =>
  Object.entries(layersOf(state, region));

/** Returns a layer, or undefined if no version of it was ever published. */
export function findLayer(state: State, region: string, name: string): Layer | undefined {
  const layers = layersOf(state, region);
  return Object.hasOwn(layers, name) ? layers[name] : undefined;
}

export const findLayerVersion = (
  state: State,
  { region, name, version }: LayerVersionReference,
): LayerVersion | undefined =>
  findLayer(state, region, name)?.versions.find(({ Version }) => Version === version);

/** Adds the next version of a layer. Numbers of deleted versions are not used again. */
export function addLayerVersion(
  state: State,
  region: string,
  name: string,
  settings: Omit<LayerVersion, "Version">,
): LayerVersion {
  const layer = findLayer(state, region, name) ?? { lastVersion: 0, versions: [] };
  layer.lastVersion += 1;
  const version = { Version: layer.lastVersion, ...settings };
  layer.versions.push(version);
  regionOf(state, region).lambda.layers[name] = layer;
  return version;
}

/** Deletes a version, if it exists. Functions that use it keep its content. */
export function removeLayerVersion(
  state: State,
  { region, name, version }: LayerVersionReference,
): void {
  const layer = findLayer(state, region, name);
  if (layer === undefined) return;
  layer.versions = layer.versions.filter(({ Version }) => Version !== version);
}
