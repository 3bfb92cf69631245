import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { OnLoadResult, Plugin } from "esbuild";

const ERROR_CLASS =
  /\b(?:(?:const|let|var) (\w+) = class|class (\w+)) extends \w*(?:Error|Exception) \{/g;

/**
 * Gives every class of errors its name as a static member, which minifying leaves alone: Lambda logs
 * an error by the name of its class. Costs 3 KB. The `keepNames` of esbuild, which names functions as
 * well, costs 16 KB and 2 ms.
 */
export const nameErrorClasses = (source: string): string =>
  source.replace(ERROR_CLASS, (head, variable?: string, name?: string) => {
    return `${head} static name = ${JSON.stringify(variable ?? name)};`;
  });

/**
 * Writes `{ [_h]: … }` as `{ "http": … }`, for a constant `_h` of the same file. The SDK describes
 * each operation of a service with such keys, and esbuild, which can't know that they have no side
 * effects, keeps them all where one is used: 39 KB and 4 ms in the websocket-handler.
 */
export function inlineConstantKeys(source: string): string {
  const constants = new Map(
    Array.from(source.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm), ([, name, text]) => [
      name,
      text,
    ]),
  );
  return source.replace(/\[(_\w+)\]:/g, (key, name: string) =>
    constants.has(name) ? `${constants.get(name)}:` : key,
  );
}

/** Of its own package.json, each client of the SDK reads nothing but the version. The rest is 2 KB. */
export const onlyVersion = (manifest: string): string =>
  JSON.stringify({ version: JSON.parse(manifest).version });

/** Applies the above to whatever goes into a bundle, and puts another module in the place of one. */
export const rewriteSources: Plugin = {
  name: "rewrite-sources",
  setup(build) {
    build.onLoad({ filter: /\/@aws-sdk\/[\w-]+\/package\.json$/ }, async ({ path }) => ({
      contents: onlyVersion(await readFile(path, "utf8")),
      loader: "json",
    }));
    // 2 KB; 1 ms, and 2 ms of the first call. No alias: the SDK imports it by a relative path.
    build.onResolve({ filter: /\/loadSharedConfigFiles$/ }, () => ({
      path: join(import.meta.dirname, "no-shared-config-files.ts"),
    }));
    build.onLoad({ filter: /\/@aws-sdk\/.*\/schemas\/schemas_\d+\.js$/ }, ({ path }) =>
      rewrite(path, inlineConstantKeys),
    );
    build.onLoad({ filter: /\.(?:m?js|ts)$/ }, ({ path }) => rewrite(path, nameErrorClasses));
  },
};

/** Leaves a file that needs no change to esbuild. */
async function rewrite(
  path: string,
  change: (source: string) => string,
): Promise<OnLoadResult | undefined> {
  const source = await readFile(path, "utf8");
  const contents = change(source);
  if (contents === source) return undefined;
  return { contents, loader: path.endsWith(".ts") ? "ts" : "js" };
}
