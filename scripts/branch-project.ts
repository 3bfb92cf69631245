/**
 * `node scripts/branch-project.ts <branch>`: prints Terraform's `project` for a branch, so that each
 * branch has its own stack.
 */
import { createHash } from "node:crypto";
import { runScript, UserError } from "./run-script.ts";

/** The prefix of all preview projects. The deployment role of previews allows only this prefix. */
const PREFIX = "preview-";

/** The characters that the prefix and the hash leave of the 31 characters of `var.project`. */
const SLUG_LENGTH = 16;

/**
 * Returns the project of a branch. For `main`, it is Terraform's default. For any other branch, it
 * contains the name of the branch and six digits of a hash, which distinguish `feature/a` from
 * `feature-a`.
 */
export function projectOf(branch: string): string {
  if (branch === "main") return "websocket-lambda";
  const hash = createHash("sha256").update(branch).digest("hex").slice(0, 6);
  const slug = branch
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, SLUG_LENGTH)
    .replace(/-$/, "");
  return PREFIX + [slug, hash].filter((part) => part !== "").join("-");
}

const USAGE = `Usage: node scripts/branch-project.ts <branch>

Prints the project of the stack of a branch.
`;

function main(): void {
  const [branch] = process.argv.slice(2);
  if (branch === undefined || branch === "")
    throw new UserError("No branch. Usage: node scripts/branch-project.ts <branch>");
  console.log(projectOf(branch));
}

if (import.meta.main)
  await runScript({ command: "node scripts/branch-project.ts", usage: USAGE, main });
