import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** An npm package whose code is in a bundle. */
export interface BundledPackage {
  name: string;
  version: string;
  /** SPDX expression. */
  license: string;
  /** The size of its code in the minified bundle. */
  bytes: number;
}

/** Matches the folder of a package. Packages can be nested, so it matches the last `node_modules/`. */
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/**
 * Returns the packages of a bundle, largest first.
 * @param root the folder that the paths in the metafile are relative to.
 */
export async function bundledPackages(
  { inputs }: Metafile["outputs"][string],
  root: string,
): Promise<BundledPackage[]> {
  const bytes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const [directory] = PACKAGE.exec(path) ?? [];
    if (directory !== undefined && bytesInOutput > 0)
      bytes.set(directory, (bytes.get(directory) ?? 0) + bytesInOutput);
  }
  const packages = await Promise.all(
    [...bytes].map(async ([directory, size]) => {
      const manifest = await readFile(join(root, directory, "package.json"), "utf8");
      const { name, version, license }: BundledPackage = JSON.parse(manifest);
      return { name, version, license, bytes: size };
    }),
  );
  return packages.toSorted((a, b) => b.bytes - a.bytes);
}
