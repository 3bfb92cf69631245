import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** An npm package that a bundle has code of. */
export interface BundledPackage {
  name: string;
  version: string;
  /** SPDX expression. */
  license: string;
  /** Of the bundle, after minifying. */
  bytes: number;
}

/** Packages may lie in packages: the last folder after `node_modules/` counts. */
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/**
 * The packages of a bundle, largest first.
 * @param root folder that the metafile's paths start from.
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
