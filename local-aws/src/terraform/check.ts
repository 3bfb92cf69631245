/** `local-aws check`: lists everything that the local AWS does not implement. */
import { apply, describeError, isRefusal } from "./apply.ts";
import type { CommandInput } from "./options.ts";
import { runSession } from "./session.ts";
import { findReachability, targetsOf } from "./reach.ts";

/**
 * Applies the folder and prints the errors. Sets the exit code to 1 if anything is not implemented or
 * fails.
 */
export async function check(input: CommandInput, stopped: Promise<unknown>): Promise<void> {
  const { folder, options, variables } = input;
  await runSession({ folder, port: 0, aws: options, stopped }, async (session) => {
    const { reached, unreached } = await findReachability(session, variables);
    const targets = input.onlyReachable ? targetsOf(reached) : [];
    const { errors, untried } = await apply(session.terraform, {
      args: [...variables, ...targets],
      onProgress: () => {},
    });
    print("The local AWS does not implement", errors.filter(isRefusal).map(describeError));
    print("Other errors", errors.filter((error) => !isRefusal(error)).map(describeError));
    print("Not tried, because a dependency failed", untried);
    print("The WebSocket APIs do not reach", unreached);
    if (errors.length > 0) process.exitCode = 1;
    else console.log("The local AWS implements everything in the folder.");
  });
}

function print(title: string, lines: readonly string[]): void {
  if (lines.length > 0) console.log(`${title}:\n${lines.map((line) => `  ${line}\n`).join("")}`);
}
