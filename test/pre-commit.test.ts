import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { because, reasonToSkip } from "./terraform/available.ts";

const ROOT = join(import.meta.dirname, "..");

/** The files that the hook and its installation use. */
const COPIED = [
  ".githooks",
  ".oxfmtrc.json",
  "package.json",
  "scripts/check-terraform.ts",
  "scripts/check-words.ts",
  "scripts/child-process.ts",
  "scripts/words.ts",
  "terraform/account",
  "terraform/state-guard",
  "tsconfig.json",
];

/** Milliseconds for Terraform to start its provider twice on a busy machine. */
const VALIDATION_TIMEOUT = 180_000;

const run = promisify(execFile);

/** Without CI, so that the hook is installed, and without the variables of a hook that runs the tests. */
const environment = Object.fromEntries(
  Object.entries({ ...process.env, CHECKPOINT_DISABLE: "1" }).filter(
    ([name]) => name !== "CI" && !name.startsWith("GIT_") && !name.startsWith("npm_"),
  ),
);

const skipped = await reasonToSkip();

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pre-commit-"));
  await Promise.all(
    COPIED.map((path) => cp(join(ROOT, path), join(folder, path), { recursive: true })),
  );
});

afterEach(() => rm(folder, { recursive: true }));

const exec = (command: string, args: string[], options = {}) =>
  run(command, args, { cwd: folder, env: environment, ...options });

const git = async (...args: string[]) => (await exec("git", args)).stdout;

const write = async (path: string, text: string) => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
};

const read = (path: string) => readFile(join(folder, path), "utf8");

/** The value of `core.hooksPath`, or "" without one. */
const hooksPath = () => git("config", "--default", "", "core.hooksPath");

describe("the installation of the pre-commit hook", () => {
  /** Runs the script that `npm ci` runs at its end. */
  const install = async (cwd = folder, env = {}) => {
    const { scripts } = JSON.parse(await read("package.json"));
    return exec("sh", ["-c", scripts.prepare], { cwd, env: { ...environment, ...env } });
  };

  test("sets the folder of hooks in a clone", async () => {
    await git("init", "--quiet");
    await install();
    expect(await hooksPath()).toBe(".githooks\n");
  });

  test("changes nothing in CI", async () => {
    await git("init", "--quiet");
    await install(folder, { CI: "true" });
    expect(await hooksPath()).toBe("\n");
  });

  test("keeps the hooks that the user has", async () => {
    await git("init", "--quiet");
    await git("config", "core.hooksPath", "mine");
    await install();
    expect(await hooksPath()).toBe("mine\n");
  });

  test("changes nothing outside of a clone, also not in a repository around the folder", async () => {
    await install();
    await git("init", "--quiet");
    await install(join(folder, "scripts"));
    expect(await hooksPath()).toBe("\n");
  });

  test("succeeds if git fails", async () => {
    await mkdir(join(folder, ".git"));
    await expect(install()).resolves.toMatchObject({ stdout: "" });
  });
});

describe("the pre-commit hook", () => {
  beforeEach(async () => {
    await git("init", "--quiet");
    await git("config", "user.name", "Ada");
    await git("config", "user.email", "ada@example.com");
    await write(".git/info/exclude", "node_modules\n");
    await write("shared/lines.ts", 'export const lines = [\n  "first",\n  "second",\n];\n');
    await git("add", ".");
    await git("commit", "--quiet", "--message=first");
    await mkdir(join(folder, "node_modules"));
    // A link for each package, because the hook writes a cache to node_modules.
    const packages = await readdir(join(ROOT, "node_modules"));
    await Promise.all(
      packages
        .filter((name) => name !== ".cache")
        .map((name) =>
          symlink(join(ROOT, "node_modules", name), join(folder, "node_modules", name)),
        ),
    );
    await git("config", "core.hooksPath", ".githooks");
  });

  const commit = () => git("commit", "--quiet", "--message=second");
  /** Rejects with the output of the commit. */
  const refused = () =>
    commit().then(
      () => expect.unreachable("The commit was not refused."),
      (error: { stderr: string; stdout: string }) => error.stdout + error.stderr,
    );

  test("formats the staged changes in the commit, and keeps the unstaged ones out of it", async () => {
    await write("notes.md", "*  one\n*  two\n");
    await write("shared/lines.ts", 'export const lines = [\n  "FIRST",\n  "second",\n];\n');
    await git("add", ".");
    const unstaged = 'export const  c = "1"\n';
    await write("shared/lines.ts", `${await read("shared/lines.ts")}\n${unstaged}`);
    await commit();
    expect(await git("show", "HEAD:notes.md")).toBe("- one\n- two\n");
    expect(await git("show", "HEAD:shared/lines.ts")).toBe(
      'export const lines = ["FIRST", "second"];\n',
    );
    expect(await read("shared/lines.ts")).toContain(unstaged);
    expect(await git("status", "--porcelain")).toBe(" M shared/lines.ts\n");
  });

  test("refuses a word to avoid", async () => {
    const word = ["whi", "lst"].join("");
    await write("notes.md", `It waits ${word} it runs.\n`);
    await git("add", ".");
    expect(await refused()).toContain(`notes.md:1: "${word}" (`);
  });

  test("refuses a type error, and leaves the staged change as it was", async () => {
    const text = "export const a: number = 'b';\n";
    await write("shared/new.ts", text);
    await git("add", ".");
    expect(await refused()).toContain("error TS2322");
    expect(await read("shared/new.ts")).toBe(text);
    expect(await git("status", "--porcelain")).toBe("A  shared/new.ts\n");
  });

  test(
    "refuses a change that causes a type error in another file",
    { tags: ["extended"] },
    async () => {
      await write("shared/new.ts", 'import { lines } from "./lines.ts";\nexport default lines;\n');
      await git("add", ".");
      await commit();
      await write("shared/lines.ts", "export const line = 1;\n");
      await git("add", ".");
      expect(await refused()).toContain("shared/new.ts");
    },
  );

  test("ignores a type error in a change that is not staged", { tags: ["extended"] }, async () => {
    await write("notes.ts", 'export const notes = "";\n');
    await git("add", ".");
    await write("shared/lines.ts", "export const lines: number = '';\n");
    await commit();
    expect(await read("shared/lines.ts")).toBe("export const lines: number = '';\n");
    expect(await git("status", "--porcelain")).toBe(" M shared/lines.ts\n");
  });

  test("lets a commit pass and says so if the packages are not installed", async () => {
    await rm(join(folder, "node_modules"), { recursive: true });
    await write("shared/new.ts", "export const  a='b'\n");
    await git("add", ".");
    const { stderr } = await exec("git", ["commit", "--quiet", "--message=second"]);
    expect(stderr).toContain("Run: npm ci");
  });

  test.skipIf(skipped)(
    `formats and validates Terraform files${because(skipped)}`,
    { tags: ["extended"], timeout: VALIDATION_TIMEOUT },
    async () => {
      await write("terraform/account/added.tf", "locals {\n a = 1\n long = 2\n}\n");
      await git("add", ".");
      await commit();
      expect(await git("show", "HEAD:terraform/account/added.tf")).toBe(
        "locals {\n  a    = 1\n  long = 2\n}\n",
      );
      await write("terraform/account/added.tf", "locals {\n  a = local.missing\n}\n");
      await git("add", ".");
      expect(await refused()).toContain("Reference to undeclared local value");
    },
  );
});
