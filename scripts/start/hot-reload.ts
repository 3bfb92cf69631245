import { describeErrors } from "../build/build-failure.ts";
import type { Bundle, FunctionName, FunctionsBuild } from "../build/index.ts";

/**
 * Builds the functions when one of their sources changes, and deploys those that changed to a running
 * local AWS. Connections stay open. If a source does not compile, nothing is deployed, so all functions
 * run the same version of the code that they share.
 * @param options.build the build of all functions. The caller closes it.
 * @param options.bundles the bundles that the local AWS runs.
 * @param options.deploy replaces the code of a function, and returns the full name of the function, or
 * undefined if the stack does not have it.
 * @param options.say prints a message to the user.
 */
export async function startHotReload(options: {
  build: FunctionsBuild;
  bundles: readonly Bundle[];
  deploy(bundle: FunctionName, zip: Buffer): string | undefined;
  say(text: string): void;
  /** Called after each build, with the errors if it failed. */
  onBuild(problem: string | undefined): void;
}): Promise<void> {
  const { build, bundles, deploy, say, onBuild } = options;
  const deployed = new Map(bundles.map(({ name, zip }) => [name, zip]));
  let failed = false;

  const deployChanges = (latest: readonly Bundle[]): string[] =>
    latest.flatMap(({ name, zip }) => {
      if (deployed.get(name)?.equals(zip)) return [];
      const functionName = deploy(name, zip);
      deployed.set(name, zip);
      return functionName ?? [];
    });

  await build.watch((rebuild) => {
    if ("errors" in rebuild) {
      failed = true;
      const problem = `${describeErrors(rebuild.errors)}\nBuild failed. The previous version is still running.`;
      say(problem);
      onBuild(problem);
      return;
    }
    onBuild(undefined);
    const names = deployChanges(rebuild.bundles);
    const milliseconds = rebuild.milliseconds.toFixed(0);
    if (names.length > 0) say(`reloaded ${names.join(", ")} in ${milliseconds} ms`);
    else if (failed) say("Build succeeded. The functions did not change.");
    failed = false;
  });
}
