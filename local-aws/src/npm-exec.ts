import { UsageError } from "./command-options.ts";

/**
 * Returns the arguments as the user wrote them. If there is no `--` before the name of the command, npm
 * removes the options: `npm exec local-aws --port 4599` starts `local-aws 4599` with the environment
 * variable `npm_config_port=true`. `npx` does the same if an option of `npx` precedes the name.
 * @param args the arguments of the process.
 * @param options the options of the command, for `parseArgs`.
 * @throws {UsageError} if it is unclear which argument is the value of which option.
 */
export function argumentsFromNpm(
  args: readonly string[],
  options: Readonly<Record<string, { type: "string" | "boolean" }>>,
  env: NodeJS.ProcessEnv = process.env,
): string[] {
  if (env["npm_command"] !== "exec") return [...args];
  const removed = Object.keys(options).filter(
    (name) => env[`npm_config_${name.replaceAll("-", "_")}`] === "true",
  );
  const withValue = removed.filter((name) => options[name]?.type === "string");
  if (withValue.length > 1 || (withValue.length === 1 && args.length !== 1))
    throw new UsageError(
      `npm removed ${withValue.map((name) => `--${name}`).join(" and ")} from the command. Write -- before its name: npx -- local-aws`,
    );
  const flags = removed.filter((name) => !withValue.includes(name)).map((name) => `--${name}`);
  return [...withValue.map((name) => `--${name}`), ...args, ...flags];
}
