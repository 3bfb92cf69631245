import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startEmpty } from "../local-aws/src/stack.ts";
import { localCredentials } from "./terraform.ts";
import { adviceOn } from "./terraform-command.ts";

/**
 * Runs a script with a stand-in for Terraform, which notes its arguments. On `apply` and `destroy` it
 * prints a message and ends with a code.
 */
async function run(
  script: string,
  args: string[],
  outcome = { code: 0, message: "" },
  environment: Record<string, string> = localCredentials("http://127.0.0.1:1"),
) {
  const directory = await mkdtemp(join(tmpdir(), "websocket-lambda-deployment-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const terraform = join(directory, "terraform");
  const log = join(directory, "log");
  const standIn = `#!/bin/sh
echo "$@" >> ${log}
case "$2" in
  apply | destroy) printf '%s' '${outcome.message}' >&2; exit ${outcome.code} ;;
  output) printf 'wss://example/production' ;;
  console) printf '%s\\n' 'Warning: some warning' '"{\\"region\\":\\"eu-west-1\\",\\"project\\":\\"chat\\",\\"workspace\\":\\"blue\\"}"' ;;
esac
`;
  await writeFile(terraform, standIn);
  await chmod(terraform, 0o755);
  const ended = await execute(script, args, `${directory}:/usr/bin:/bin`, environment);
  const commands = (await readFile(log, "utf8")).trim().split("\n");
  return { ...ended, commands };
}

function execute(
  script: string,
  args: string[],
  path: string,
  environment: Record<string, string> = {},
) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const file = join(import.meta.dirname, `${script}.ts`);
    const env = { ...process.env, ...environment, PATH: path };
    const child = execFile(process.execPath, [file, ...args], { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

test("deploy builds, applies with the arguments it was given, and ends with the URL", async () => {
  const { code, stdout, commands } = await run("deploy", ["-var", "stage=dev", "-auto-approve"]);
  expect(code).toBe(0);
  expect(commands).toEqual([
    "-chdir=terraform init",
    "-chdir=terraform console -var stage=dev",
    "-chdir=terraform apply -var stage=dev -auto-approve",
    "-chdir=terraform output -raw websocket_url",
  ]);
  expect(stdout).toMatch(
    /npm run build[^]*terraform -chdir=terraform init[^]*wss:\/\/example\/production\s*$/,
  );
});

test("the account is deployed and destroyed only when it is asked for", async () => {
  const deployed = await run("deploy", ["--account", "-var", "region=eu-west-1"]);
  expect(deployed.commands).toEqual([
    "-chdir=terraform/account init",
    "-chdir=terraform/account console -var region=eu-west-1",
    "-chdir=terraform/account apply -var region=eu-west-1",
  ]);
  const destroyed = await run("destroy", ["--account"]);
  expect(destroyed.commands.at(-1)).toBe("-chdir=terraform/account destroy");
  const application = await run("destroy", []);
  expect(application.commands.at(-1)).toBe("-chdir=terraform destroy");
});

test("account, region, project and workspace are shown before Terraform changes anything", async () => {
  const aws = await startEmpty({ accountId: "111122223333" });
  onTestFinished(() => aws.close());
  const environment = { ...localCredentials(aws.endpoint) };
  for (const script of ["deploy", "destroy"]) {
    const { stdout } = await run(script, [], undefined, environment);
    expect(stdout).toMatch(
      /account {4}111122223333\nregion {5}eu-west-1\nproject {4}chat\nworkspace {2}blue\n+\$ terraform -chdir=terraform (apply|destroy)/,
    );
  }
});

test("an account that STS does not name is unknown, and Terraform decides", async () => {
  const environment = { ...localCredentials("http://127.0.0.1:1") };
  const { code, stdout } = await run("destroy", [], undefined, environment);
  expect(stdout).toMatch(/account {4}unknown: .+\nregion/);
  expect(code).toBe(0);
});

test("the first failure ends it, with Terraform's exit code", async () => {
  const { code, commands, stderr } = await run("deploy", [], { code: 3, message: "no" });
  expect(code).toBe(3);
  expect(commands).toHaveLength(3);
  expect(stderr).toBe("no");
});

test("without Terraform, it says where to get it", async () => {
  const { code, stderr } = await execute("destroy", [], import.meta.dirname);
  expect(code).toBe(1);
  expect(stderr).toContain(
    "terraform is not installed, or not on the PATH. Install version 1.11 or newer",
  );
});

test.for([
  ["│ Error: No valid credential sources\n│ found\n╵", "npm start -- --empty"],
  [
    "CloudWatch Logs role ARN must be set in\n\u001b[31m│\u001b[0m \u001b[0maccount settings",
    "npm run deploy -- --account",
  ],
  ["Error: AWS account ID not allowed: 000000000000", "TF_WORKSPACE=local"],
  ["Error: Error acquiring the state lock", "force-unlock"],
  ["Error: something else", ""],
] as const)("advice on %s", ([printed, advice]) => {
  expect(adviceOn(printed)).toContain(advice);
});

/** A stand-in for Terraform, which waits in `destroy` and says when it ends in good order. */
const WAITING = `#!/bin/sh
[ "$2" = destroy ] || exit 0
trap 'sleep 0.2; echo ended in good order; exit 0' TERM
trap 'echo hung up; exit 1' HUP
echo waiting
while :; do sleep 0.05; done
`;

test.for(["SIGTERM", "SIGHUP"] as const)(
  "destroy passes %s on to Terraform, waits for its end and fails",
  async (signal) => {
    const directory = await mkdtemp(join(tmpdir(), "websocket-lambda-signal-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, "terraform"), WAITING);
    await chmod(join(directory, "terraform"), 0o755);
    const child = spawn(process.execPath, [join(import.meta.dirname, "destroy.ts")], {
      env: { ...process.env, PATH: `${directory}:/usr/bin:/bin` },
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (!printed.includes("waiting") && text.includes("waiting")) child.kill(signal);
      printed += text;
    });
    const [code] = (await once(child, "close")) as [number];
    expect(printed).toMatch(/waiting\nended in good order\n$/);
    expect(code).toBe(signal === "SIGTERM" ? 143 : 129);
  },
);
