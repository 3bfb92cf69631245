/** Finds the files of which the zip of each function consists. */
import { resolve } from "node:path";
import * as v from "valibot";
import type { ResourceValues } from "./show-json.ts";

/** The source of a function's code. */
export interface FunctionSource {
  functionName: string;
  code:
    /** The zip file itself. */
    | { type: "zip"; file: string }
    /** A folder, without the files that match a pattern in `excludes`, relative to the folder. */
    | { type: "folder"; folder: string; excludes: readonly string[] }
    | { type: "file"; file: string };
}

const optionalText = v.optional(v.nullable(v.string()), null);
const Function = v.object({ function_name: v.string(), filename: optionalText });
const Archive = v.object({
  output_path: v.string(),
  source_dir: optionalText,
  source_file: optionalText,
  excludes: v.optional(v.nullable(v.array(v.string())), null),
});

/**
 * Returns the sources of the functions. A function is left out if its code does not come from a file of
 * the user, for example from the `source` blocks of an `archive_file`.
 * @param resources the resources in Terraform's state.
 * @param options.directory the directory in which Terraform ran.
 * @param options.sourceOf returns the user's file for a path of Terraform, or undefined if there is none.
 */
export function functionSources(
  resources: readonly ResourceValues[],
  options: { directory: string; sourceOf(path: string): string | undefined },
): FunctionSource[] {
  const { directory, sourceOf } = options;
  const valuesOf = <Schema extends v.GenericSchema>(type: string, schema: Schema) =>
    resources
      .filter((resource) => resource.type === type)
      .map(({ values }) => v.safeParse(schema, values))
      .flatMap((result) => (result.success ? [result.output] : []));
  const archives = new Map(
    valuesOf("archive_file", Archive).map((each) => [resolve(directory, each.output_path), each]),
  );

  const codeOf = (filename: string): FunctionSource["code"] | undefined => {
    const archive = archives.get(resolve(directory, filename));
    const file = sourceOf(archive?.source_dir ?? archive?.source_file ?? filename);
    if (file === undefined) return undefined;
    if (archive === undefined) return { type: "zip", file };
    if (archive.source_dir !== null)
      return { type: "folder", folder: file, excludes: archive.excludes ?? [] };
    return archive.source_file === null ? undefined : { type: "file", file };
  };
  return valuesOf("aws_lambda_function", Function).flatMap(({ function_name, filename }) => {
    const code = filename === null ? undefined : codeOf(filename);
    return code === undefined ? [] : [{ functionName: function_name, code }];
  });
}
