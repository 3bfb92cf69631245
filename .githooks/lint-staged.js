/** What the pre-commit hook does with the staged files. `npm run check` checks the whole repository. */

/** These have a tsconfig.json for code that runs in a browser. */
const BROWSER = ["local-aws/src/console/page", "test/console"];

/**
 * A change can cause a type error in any file, so the whole project is checked. The cache makes all checks
 * but the first fast.
 * @param {readonly string[]} files
 */
const checkTypes = (files) => [
  "tsc --incremental --tsBuildInfoFile node_modules/.cache/pre-commit.tsbuildinfo",
  ...BROWSER.filter((folder) => files.some((file) => file.includes(`/${folder}/`))).map(
    (folder) => `tsc -p ${folder}`,
  ),
];

export default {
  "*.ts": ["node scripts/check-words.ts", "oxfmt", checkTypes],
  "*.{tf,tfvars,tftest.hcl}": ["node scripts/check-words.ts", "node scripts/check-terraform.ts"],
  "!(*.{ts,tf,tfvars,tftest.hcl})": [
    "node scripts/check-words.ts",
    "oxfmt --no-error-on-unmatched-pattern",
  ],
};
