/** What the documents lead to before it is there: files, and scripts of npm. */
export const COMING: ReadonlySet<string> = new Set([
  ...["client/README.md", "docs/deploy.md", "docs/trace.md"],
  ...["bench", "deploy"],
]);
