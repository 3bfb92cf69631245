/** Terraform at a person's terminal: its questions and its output are its own. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { runChild } from "./child-process.ts";

/** A root module, as a path from the repository. */
export type Root = "terraform" | "terraform/account";

/** What stopped a command. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  /** Of the process that is to end with it. */
  readonly exitCode: number;

  /** @param message what to do about it; empty where Terraform has said it all. */
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What Terraform says, and what somebody who reads that has to do. */
const ADVICE: [RegExp, string][] = [
  [
    /No valid credential sources found|ExpiredToken|InvalidClientTokenId|failed to refresh cached credentials/,
    `No valid AWS credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. If the
profile uses IAM Identity Center, run \`aws sso login\` first. Without an AWS account, start an empty
local AWS with \`npm start -- --empty\` and set the variables that it prints.`,
  ],
  [
    /CloudWatch Logs role ARN must be set in account settings/,
    `API Gateway is not allowed to write logs in this account and region. Run \`npm run deploy -- --account\`
once per account and region. If the region is not us-east-1, add \`-var region=…\`.`,
  ],
  [
    /AWS account ID not allowed/,
    `This Terraform state belongs to a stack in another account, region or project. Use the credentials
and variables of that stack. For a local AWS, set all the variables that \`npm start\` prints, including
TF_WORKSPACE=local.`,
  ],
  [
    /Error acquiring the state lock/,
    `Another Terraform process holds the lock of this state, or was killed and did not release it. To wait
for the lock, add \`-lock-timeout=5m\`. If no other Terraform is running, run
\`terraform -chdir=terraform force-unlock\` with the ID from the error.`,
  ],
];

/** What a line of Terraform's error box is cut into. */
const BOX = /[│╷╵\s]+/g;

/** What to do about what Terraform printed as its error; empty where it says that itself. */
export function adviceOn(printed: string): string {
  const text = stripVTControlCharacters(printed).replaceAll(BOX, " ");
  return ADVICE.find(([pattern]) => pattern.test(text))?.[1] ?? "";
}

export const repository = join(import.meta.dirname, "..");

/**
 * Prints a command and runs it.
 * @throws {CommandFailed} with Terraform's exit code.
 */
export async function terraform(root: Root, ...args: string[]): Promise<void> {
  const all = [`-chdir=${root}`, ...args];
  console.log(`\n$ terraform ${all.map(quote).join(" ")}`);
  let errors = "";
  const start = () => {
    const child = spawn("terraform", all, {
      cwd: repository,
      stdio: ["inherit", "inherit", "pipe"],
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
      process.stderr.write(text);
    });
    return child;
  };
  try {
    const code = await runChild(start);
    if (code !== 0) throw new CommandFailed(adviceOn(errors), code);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new CommandFailed(
        "terraform is not installed, or not on the PATH. Install version 1.11 or newer: https://developer.hashicorp.com/terraform/install",
        1,
      );
    throw error;
  }
}

const quote = (arg: string) =>
  /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`;
