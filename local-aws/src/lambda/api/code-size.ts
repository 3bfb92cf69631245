import { readZip } from "../environment/zip.ts";
import { invalid } from "./function-name.ts";

/** In bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const UNZIPPED_LIMIT = 250 * 1024 * 1024;

/**
 * Checks the total unzipped size of a function's code and its layers.
 * @param zipFile in base64, like those of the layers.
 * @throws {AwsError} 400 InvalidParameterValueException.
 * @see https://github.com/lambci/git-lambda-layer/issues/27
 */
export function checkCombinedSize(zipFile: string, layers: readonly string[]): void {
  if (layers.length === 0) return;
  const bytes = [zipFile, ...layers].map(unzippedSize).reduce((sum, size) => sum + size);
  if (bytes > UNZIPPED_LIMIT)
    throw invalid(
      `Function code combined with layers exceeds the maximum allowed size of ${UNZIPPED_LIMIT} bytes. The actual size is ${bytes} bytes.`,
    );
}

const unzippedSize = (base64: string) =>
  readZip(Buffer.from(base64, "base64")).reduce((sum, { size }) => sum + size, 0);
