import type { Iam } from "../../iam/index.ts";
import type { OperationContext } from "../../protocols/operation.ts";
import type { State } from "../../state.ts";
import { invalid } from "../api/function-name.ts";
import type { FunctionConfiguration } from "../state.ts";
import { parseLayerVersionArn } from "./layer-arn.ts";
import { findLayerVersion } from "./layer-store.ts";

/** The layers of a function, in the order in which Lambda merges them. */
export interface AttachedLayers {
  /** The layers, as in the configuration of the function. */
  Layers: NonNullable<FunctionConfiguration["Layers"]>;
  /** The zip files of the layers, in base64. */
  zipFiles: string[];
}

const MAX_LAYERS = 5;

/**
 * Finds the layers that a request names for a function. The caller needs the permission to read them.
 * @throws {AwsError} 400 InvalidParameterValueException, 403, 501 for layers of other accounts.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/adding-layers.html
 */
export function findAttachedLayers(
  { state, iam }: { state: State; iam: Iam },
  arns: readonly string[],
  { region, caller }: Pick<OperationContext, "region" | "caller">,
): AttachedLayers {
  if (arns.length > MAX_LAYERS) throw invalid(`Cannot reference more than ${MAX_LAYERS} layers.`);
  const known = new Map<string, string>();
  const versions = arns.map((Arn) => {
    const reference = parseLayerVersionArn(state.accountId, Arn);
    if (reference.region !== region)
      throw invalid(
        `Layers are not in the same region as the function. Layers are expected to be in region ${region}.`,
      );
    const other = known.get(reference.name);
    if (other !== undefined)
      throw invalid(
        `Two different versions of the same layer are not allowed to be referenced in the same function. ${other} and ${Arn} are versions of the same layer.`,
      );
    known.set(reference.name, Arn);
    iam.authorize(caller, "lambda:GetLayerVersion", Arn);
    const version = findLayerVersion(state, reference);
    if (version === undefined) throw invalid(`Layer version ${Arn} does not exist.`);
    return { Arn, version };
  });
  return {
    Layers: versions.map(({ Arn, version }) => ({ Arn, CodeSize: version.code.CodeSize })),
    zipFiles: versions.map(({ version }) => version.zipFile),
  };
}

/** Returns a configuration with other layers. */
export function withLayers(
  configuration: FunctionConfiguration,
  { Layers }: AttachedLayers,
): FunctionConfiguration {
  const { Layers: _, ...others } = configuration;
  return Layers.length === 0 ? others : { ...others, Layers };
}
