/**
 * `node scripts/branch-project.ts <branch>`: prints Terraform's `project` for a branch, which keeps
 * the stacks of branches apart in an account.
 */
import { createHash } from "node:crypto";
import { runScript, UserError } from "./run-script.ts";

/** What the names of all previews begin with, and what the role of their deployments is held to. */
const PREFIX = "preview-";

/** Of the 31 characters that `var.project` may have, what the prefix and the hash leave. */
const SLUG_LENGTH = 16;

/**
 * `main` has the stack itself. Another branch has a name that tells which it is, and six digits of
 * a hash that keep `feature/a` and `feature-a` apart.
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
