import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { stageUrl } from "./execute-api-url.ts";
import type { LambdaFunction } from "./lambda/state.ts";
import { createLocalAws, type LocalAws, type LocalAwsOptions } from "./local-aws.ts";
import { emptyState, LOCAL_ACCOUNT_ID, type RegionState, type State } from "./state.ts";

/**
 * A state as a snapshot keeps it: functions name their bundle in `dist/` instead of holding
 * a zip, and whatever held the URL of the local AWS has this in its place.
 */
const ENDPOINT = "{endpoint}";

type Stored<Type> = Type extends LambdaFunction
  ? Omit<LambdaFunction, "zipFile"> & { bundle: string }
  : { [Key in keyof Type]: Type[Key] extends object ? Stored<Type[Key]> : Type[Key] };

type StartOptions = Omit<LocalAwsOptions, "state"> & {
  port?: number;
  /** The account that STS and every ARN name: 12 digits. Default: `000000000000`. */
  accountId?: string;
};

/** A local AWS that listens and holds nothing. */
export async function startEmpty(options: StartOptions = {}): Promise<LocalAws> {
  const { port, accountId, ...rest } = options;
  const aws = await createLocalAws({ ...rest, state: emptyState(accountId) });
  try {
    await aws.listen(port);
    return aws;
  } catch (error) {
    await aws.close();
    throw error;
  }
}

/** The snapshots: of Terraform's defaults, and with `jwt_issuer` set to the local issuer. */
export const STACKS = {
  open: join(import.meta.dirname, "..", "..", "scripts", "start", "stack.json"),
  authenticated: join(
    import.meta.dirname,
    "..",
    "..",
    "scripts",
    "start",
    "stack-authenticated.json",
  ),
} as const;

/**
 * A local AWS that listens and holds the stack which Terraform made of `terraform/`.
 * @param options.bundles the folder of the built zips.
 * @param options.stack which of the stacks. Default: the one that takes everybody.
 */
export async function startStack(
  options: StartOptions & { bundles: string; stack?: keyof typeof STACKS },
): Promise<LocalAws> {
  const { bundles, stack = "open", ...rest } = options;
  const aws = await startEmpty(rest);
  try {
    Object.assign(aws.state, await loadStack(STACKS[stack], aws, bundles));
    for (const region of Object.values(aws.state.regions))
      for (const { configuration } of Object.values(region.lambda.functions))
        aws.lambda.refresh(configuration.FunctionArn);
    return aws;
  } catch (error) {
    await aws.close();
    throw error;
  }
}

/** The zips in a folder, by the name of their function. */
export async function readBundles(directory: string): Promise<Record<string, Buffer>> {
  const files = (await readdir(directory)).filter((file) => file.endsWith(".zip"));
  const zips = await Promise.all(
    files.map(async (file) => [basename(file, ".zip"), await readFile(join(directory, file))]),
  );
  return Object.fromEntries(zips);
}

/** The account in a snapshot, but not the end of a UUID. */
const STORED_ACCOUNT_ID = new RegExp(String.raw`(?<![\w-])${LOCAL_ACCOUNT_ID}(?!\w)`, "g");

async function loadStack(file: string, aws: LocalAws, bundles: string): Promise<State> {
  const text = await readFile(file, "utf8");
  const stored: Stored<State> = JSON.parse(
    text.replaceAll(ENDPOINT, aws.endpoint).replace(STORED_ACCOUNT_ID, aws.state.accountId),
  );
  const zips = await readBundles(bundles);
  const regions: Record<string, RegionState> = {};
  for (const [name, region] of Object.entries(stored.regions)) {
    const functions: Record<string, LambdaFunction> = {};
    for (const [functionName, { bundle, ...rest }] of Object.entries(region.lambda.functions)) {
      const zip = zips[bundle];
      if (zip === undefined)
        throw new Error(`${join(bundles, `${bundle}.zip`)} does not exist. Run \`npm run build\`.`);
      functions[functionName] = { ...rest, zipFile: zip.toString("base64") };
    }
    regions[name] = { ...region, lambda: { functions } };
  }
  return { ...stored, regions };
}

/** The URL that clients of an API of the local AWS connect to. */
export function websocketUrl(aws: LocalAws, apiId: string, stage: string): string {
  return stageUrl(aws.endpoint, apiId, stage);
}
