import * as v from "valibot";
import { AwsError } from "../../protocols/aws-error.ts";
import { only } from "../../protocols/only.ts";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import { readZip } from "../environment/zip.ts";
import { architectures } from "./configuration.ts";
import { checkCombinedSize, UNZIPPED_LIMIT } from "./code-size.ts";
import { checkRevision, revisionId } from "./revision.ts";
import { describeFunction, describeVersion } from "./description.ts";
import { functionName, invalid } from "./function-name.ts";
import { type FunctionsApi, functionRoute } from "./function-route.ts";
import { publishVersion } from "./versions.ts";

/** In bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const ZIP_LIMIT = 50 * 1024 * 1024;

/** In base64. */
export const zipFile = v.exactOptional(v.pipe(v.string(), v.base64()));

/**
 * Checks that an uploaded zip is readable, as Lambda does. The content of its files is not checked.
 * @returns the zip, unchanged.
 * @throws {AwsError} 400 InvalidParameterValueException, 413 RequestEntityTooLargeException.
 */
export function checkZip(base64: string | undefined, operation: string): string {
  if (base64 === undefined) throw invalid("Please provide a source for function code.");
  const zip = Buffer.from(base64, "base64");
  if (zip.length > ZIP_LIMIT)
    throw new AwsError(
      413,
      "RequestEntityTooLargeException",
      `Request must be smaller than 70167211 bytes for the ${operation} operation`,
    );
  const { files, bytes } = check(zip);
  if (files === 0) throw invalid("Uploaded file must be a non-empty zip");
  if (bytes > UNZIPPED_LIMIT)
    throw invalid(`Unzipped size must be smaller than ${UNZIPPED_LIMIT} bytes`);
  return base64;
}

/**
 * Reads the sizes from the directory of the zip, so that a zip that is too large is not unpacked.
 */
function check(zip: Buffer): { files: number; bytes: number } {
  try {
    const entries = readZip(zip);
    const bytes = entries.reduce((sum, { size }) => sum + size, 0);
    if (bytes <= UNZIPPED_LIMIT) for (const entry of entries) entry.read();
    return { files: entries.length, bytes };
  } catch {
    throw invalid(
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
    );
  }
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html */
export function codeRoutes(api: FunctionsApi): Route[] {
  return [
    functionRoute(api, {
      name: "UpdateFunctionCode",
      method: "PUT",
      path: "/2015-03-31/functions/{FunctionName}/code",
      input: v.strictObject({
        FunctionName: functionName,
        RevisionId: revisionId,
        ZipFile: zipFile,
        Architectures: v.exactOptional(architectures),
        Publish: v.exactOptional(v.boolean(), false),
        DryRun: v.exactOptional(only("DryRun", false)),
      }),
      handle(target, { ZipFile, Architectures, RevisionId, Publish }) {
        checkRevision(target, RevisionId);
        const zipFile = checkZip(ZipFile, "UpdateFunctionCode");
        checkCombinedSize(zipFile, target.layers);
        const configuration = { ...target.configuration, ...(Architectures && { Architectures }) };
        api.changes.update(target, { configuration, zipFile });
        if (!Publish) return describeFunction(target);
        const version = publishVersion(target);
        if (target.change) target.change.version = version.Version;
        return describeVersion(target, version);
      },
    }),
  ];
}
