import { NO_DOWNLOAD } from "../api/description.ts";
import type { LayerVersion } from "../state.ts";

/** Returns a version in the form of GetLayerVersion. */
export const describeLayerVersion = (LayerArn: string, version: LayerVersion) => ({
  ...summarizeLayerVersion(LayerArn, version),
  LayerArn,
  Content: { ...version.code, Location: NO_DOWNLOAD },
});

/** Returns a version in the form of ListLayerVersions. */
export function summarizeLayerVersion(LayerArn: string, version: LayerVersion) {
  const { code: _, zipFile: __, ...settings } = version;
  return { ...settings, LayerVersionArn: `${LayerArn}:${version.Version}` };
}
