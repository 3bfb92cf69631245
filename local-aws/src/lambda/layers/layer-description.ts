import { NO_DOWNLOAD } from "../api/description.ts";
import type { LayerVersion } from "../state.ts";

/** Returns a version as GetLayerVersion returns it. */
export const describeLayerVersion = (LayerArn: string, version: LayerVersion) => ({
  ...summarizeLayerVersion(LayerArn, version),
  LayerArn,
  Content: { ...version.code, Location: NO_DOWNLOAD },
});

/** Returns a version as ListLayerVersions returns it. */
export function summarizeLayerVersion(LayerArn: string, version: LayerVersion) {
  const { code: _, zipFile: __, ...settings } = version;
  return { ...settings, LayerVersionArn: `${LayerArn}:${version.Version}` };
}
