import * as v from "valibot";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import { checkZip, zipFile } from "../api/code.ts";
import { describeCode } from "../api/description.ts";
import type { FunctionsApi } from "../api/function-route.ts";
import { compatibleArchitectures, compatibleRuntimes } from "./compatibility.ts";
import { layerName, layerNameOf } from "./layer-arn.ts";
import { describeLayerVersion } from "./layer-description.ts";
import { addLayerVersion, layerArn } from "./layer-store.ts";

const publishInput = v.strictObject({
  LayerName: layerName,
  Description: v.exactOptional(v.pipe(v.string(), v.maxLength(256)), ""),
  LicenseInfo: v.exactOptional(v.pipe(v.string(), v.maxLength(512))),
  CompatibleRuntimes: v.exactOptional(compatibleRuntimes),
  CompatibleArchitectures: v.exactOptional(compatibleArchitectures),
  Content: v.strictObject({ ZipFile: zipFile }),
});

type PublishInput = v.InferOutput<typeof publishInput>;

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html */
export function publishLayerVersionRoute(
  { state, clock }: Pick<FunctionsApi, "state" | "clock">,
  path: string,
): Route {
  const nameOf = ({ LayerName }: PublishInput, region: string) =>
    layerNameOf(state.accountId, region, LayerName);
  return {
    name: "PublishLayerVersion",
    method: "POST",
    path,
    status: 201,
    operation: {
      input: publishInput,
      resource: (input: PublishInput, { region }) => layerArn(state, region, nameOf(input, region)),
      handle(input: PublishInput, { region }) {
        const { LayerName: _, Content, ...settings } = input;
        const name = nameOf(input, region);
        const zip = checkZip(Content.ZipFile, "PublishLayerVersion");
        const version = addLayerVersion(state, region, name, {
          ...settings,
          CreatedDate: new Date(clock.now()).toISOString().replace("Z", "+0000"),
          code: describeCode(zip),
          zipFile: zip,
        });
        return describeLayerVersion(layerArn(state, region, name), version);
      },
    },
  };
}
