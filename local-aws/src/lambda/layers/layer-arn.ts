import * as v from "valibot";
import { type Arn, parseArn } from "../../arn.ts";
import { notImplemented } from "../../protocols/aws-error.ts";
import { pattern, REGION_PATTERN } from "../api/pattern.ts";

/** The ARN of a version, in the notation of Lambda's model. */
const VERSION_ARN_PATTERN = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:${REGION_PATTERN}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)`;

/** The name of a layer, or its ARN. */
export const layerName = v.pipe(
  v.string(),
  v.maxLength(140),
  pattern(
    String.raw`(arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+`,
  ),
);

export const layerVersionArn = v.pipe(v.string(), v.maxLength(140), pattern(VERSION_ARN_PATTERN));

const VERSION_ARN = new RegExp(`^(?:${VERSION_ARN_PATTERN})$`);

/** The layers of a function. The error names all constraints of the list, as on AWS. */
export const layerVersionArns = v.pipe(
  v.array(v.string()),
  v.check(
    (arns) => arns.every((arn) => arn.length <= 2048 && VERSION_ARN.test(arn)),
    `Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ${VERSION_ARN_PATTERN}, Member must not be null]`,
  ),
);

/** A reference to a version of a layer of this account. The version does not have to exist. */
export interface LayerVersionReference {
  region: string;
  name: string;
  version: number;
}

/**
 * Returns the parts of the ARN of a version.
 * @throws {AwsError} 501 for a layer of another account.
 */
export function parseLayerVersionArn(accountId: string, text: string): LayerVersionReference {
  const { region, resource } = ownLayer(accountId, text);
  const [, name = "", version] = resource.split(":");
  return { region, name, version: Number(version) };
}

/**
 * Returns the name of the layer that a request names by its name or its ARN.
 * @throws {AwsError} 501 for a layer of another account or region.
 */
export function layerNameOf(accountId: string, region: string, text: string): string {
  if (!text.includes(":")) return text;
  const { region: ofLayer, resource } = ownLayer(accountId, text);
  if (ofLayer !== region) throw notImplemented(`the layer ${text} of another region`);
  return resource.replace(/^layer:/, "");
}

function ownLayer(accountId: string, text: string): Arn {
  const arn = parseArn(text);
  if (arn === undefined || arn.accountId !== accountId)
    throw notImplemented(`the layer ${text} of another account`);
  return arn;
}
