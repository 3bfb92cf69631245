/** Removes parts of the AWS SDK that the functions do not use from the bundles. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "esbuild";

/** Modules of the SDK, and the modules in this folder that replace them. */
const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ["@aws-sdk/credential-provider-node", "environment-credentials.ts"],
  ["@smithy/core/event-streams", "no-event-streams.ts"],
]);

/** The modules that describe the operations of a service. */
const SCHEMAS = /\/@aws-sdk\/client-[\w-]+\/.*\/schemas\/schemas_\d+\.js$/;

/**
 * Replaces `{ [_h]: … }` by `{ "http": … }` if `_h` is a constant of the module. The SDK describes
 * each operation of a service with such keys. esbuild cannot know that they have no side effects, so it
 * keeps all operations if one of them is used.
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

/**
 * Affects only files of `@aws-sdk/*` and `@smithy/*`. If a build contains a client of the SDK but not all
 * the code that this plugin replaces, for example after an update, it fails.
 */
export const trimSdk: Plugin = {
  name: "trim-sdk",
  setup({ onStart, onResolve, onLoad, onEnd }) {
    let usesSdk = false;
    const missing = new Set<string>();
    onStart(() => {
      usesSdk = false;
      for (const name of [...REPLACEMENTS.keys(), String(SCHEMAS)]) missing.add(name);
    });
    onResolve({ filter: /^@aws-sdk\/client-/ }, () => {
      usesSdk = true;
      return undefined;
    });
    // esbuild waits for this process at each match, so the filters match nothing else.
    for (const [name, replacement] of REPLACEMENTS)
      onResolve({ filter: new RegExp(`^${name}$`) }, () => {
        missing.delete(name);
        return { path: join(import.meta.dirname, replacement) };
      });
    onLoad({ filter: SCHEMAS }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = inlineConstantKeys(source);
      if (contents === source) return { errors: [{ text: "No constant key to inline." }] };
      missing.delete(String(SCHEMAS));
      return { contents, loader: "js" };
    });
    onEnd(({ errors }) => {
      if (!usesSdk || errors.length > 0) return undefined;
      const text = (name: string) =>
        `The AWS SDK no longer contains ${name}. Update scripts/build/trim-sdk.ts.`;
      return { errors: Array.from(missing, (name) => ({ text: text(name) })) };
    });
  },
};
