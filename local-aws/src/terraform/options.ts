/** The arguments of `local-aws start` and `local-aws check`. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  commandOptions,
  type CommandSettings,
  describeCommandOptions,
  readCommandValues,
  UsageError,
} from "../command-options.ts";

export interface CommandInput extends CommandSettings {
  /** The absolute path of the folder. */
  folder: string;
  onlyReachable: boolean;
  /** Arguments for Terraform that set variables. */
  variables: string[];
}

export const USAGE = `Usage: local-aws start [options] [folder]
       local-aws check [options] [folder]

start  Starts a local AWS, applies the Terraform of a folder to it, prints the URL of each stage of its
       WebSocket APIs, and replaces the code of functions when their sources change.
check  Applies the folder to a local AWS that ends afterwards. Lists everything that the local AWS does
       not implement, and the resources that the WebSocket APIs do not reach. The exit code is 1 if
       anything is not implemented or fails.

Terraform runs in a copy of the folder (default: the current one) with a separate state. It does not
change the folder or its state.

${describeCommandOptions(`  --only-reachable  apply only the resources that the WebSocket APIs reach
  --var <name=value>, --var-file <file>
                    variables of Terraform. Repeat the option to set several`)}`;

/**
 * Reads the arguments after `start` or `check`. Returns undefined for `--help`.
 * @throws {UsageError} if an option is invalid.
 */
export function readCommandInput(args: readonly string[]): CommandInput | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...commandOptions,
      "only-reachable": { type: "boolean", default: false },
      var: { type: "string", multiple: true, default: [] },
      "var-file": { type: "string", multiple: true, default: [] },
    },
  });
  if (values.help) return undefined;
  const [folder = ".", ...others] = positionals;
  if (others.length > 0)
    throw new UsageError(`Only one folder can be given, not ${positionals.join(" and ")}.`);
  return {
    ...readCommandValues(values),
    folder: resolve(folder),
    onlyReachable: values["only-reachable"],
    variables: [
      ...values["var-file"].map((file) => `-var-file=${resolve(file)}`),
      ...values.var.map((assignment) => `-var=${assignment}`),
    ],
  };
}
