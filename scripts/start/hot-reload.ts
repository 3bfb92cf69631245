import type { BuildFailure } from "esbuild";
import { describeBuildFailures, isBuildFailure } from "../build-failure.ts";
import type { Bundle, FunctionBuild, FunctionName } from "../build.ts";
import type { LocalAws } from "../../local-aws/src/local-aws.ts";
import { type Sources, watchSources } from "./watch-sources.ts";

export interface HotReload {
  /** Resolves when no build is under way any more. */
  close(): Promise<void>;
}

/**
 * Builds a function when one of its sources changes and deploys it to a running local AWS, as
 * UpdateFunctionCode does: connections stay open. While one of the builds fails, nothing is deployed,
 * so that all functions run the same version of the code that they share.
 * @param options.aws the local AWS to deploy to.
 * @param options.builds of all functions. The caller closes them.
 * @param options.bundles the output of the builds for `sources`.
 * @param options.directories the folders to watch.
 * @param options.say prints a message to the user.
 * @throws the error of the system if the folders cannot be watched.
 */
export async function startHotReload(options: {
  aws: Pick<LocalAws, "state" | "lambda">;
  builds: readonly FunctionBuild[];
  bundles: readonly Bundle[];
  directories: readonly string[];
  sources: Sources;
  say(text: string): void;
}): Promise<HotReload> {
  const { aws, builds, bundles, directories, sources, say } = options;
  const deployed = byName(bundles);
  const latest = byName(bundles);
  const failures = new Map<FunctionName, BuildFailure>();

  const rebuild = async (build: FunctionBuild) => {
    try {
      latest.set(build.name, await build.run());
      failures.delete(build.name);
    } catch (error) {
      if (!isBuildFailure(error)) throw error;
      failures.set(build.name, error);
    }
  };

  const deploy = (): string[] => {
    const names: string[] = [];
    for (const [name, { zip }] of latest) {
      const old = deployed.get(name);
      if (old === undefined || old.zip.equals(zip)) continue;
      names.push(...replaceCode(aws, old.zip, zip));
      deployed.set(name, { ...old, zip });
    }
    return names;
  };

  return await watchSources({
    directories,
    known: sources,
    async onChange(paths) {
      const started = performance.now();
      const affected = builds.filter(({ name }) => {
        const used = latest.get(name)?.sources;
        return failures.has(name) || Array.from(paths).some((path) => used?.has(path));
      });
      const wasBroken = failures.size > 0;
      await Promise.all(affected.map(rebuild));
      if (failures.size > 0) {
        say(
          `${describeBuildFailures(failures.values())}\nBuild failed. The previous version is still running.`,
        );
        return;
      }
      const names = deploy();
      if (names.length > 0)
        say(`reloaded ${names.join(", ")} in ${(performance.now() - started).toFixed(0)} ms`);
      else if (wasBroken) say("Build succeeded. The functions did not change.");
    },
    onError: (error) => say(`Reload failed: ${String(error)}`),
  });
}

const byName = (bundles: readonly Bundle[]) =>
  new Map(bundles.map((bundle) => [bundle.name, bundle]));

/** @returns the names of the functions that ran the old zip and run the new one. */
function replaceCode(
  { state, lambda }: Pick<LocalAws, "state" | "lambda">,
  old: Buffer,
  zip: Buffer,
): string[] {
  const oldZip = old.toString("base64");
  const names: string[] = [];
  for (const region of Object.values(state.regions))
    for (const { zipFile, configuration } of Object.values(region.lambda.functions)) {
      if (zipFile !== oldZip) continue;
      lambda.updateFunctionCode(configuration.FunctionArn, zip);
      names.push(configuration.FunctionName);
    }
  return names;
}
