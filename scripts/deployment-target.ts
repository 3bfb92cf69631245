/** Which stack a deployment is about to change: shown before Terraform starts. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { Sha256 } from "@aws-crypto/sha256-js";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SignatureV4 } from "@smithy/signature-v4";
import { repository, type Root } from "./terraform-command.ts";

/** Milliseconds that STS may take. */
const STS_TIMEOUT = 10_000;

/** Arguments of `apply` and `destroy` that set variables. */
const VARIABLE = /^--?var(-file)?(=|$)/;

/**
 * Returns a line for each of account, region, project and workspace. A value that can't be found out
 * is `unknown`, with the reason: Terraform itself then refuses, or knows more.
 * @param args of `terraform apply` or `terraform destroy`.
 */
export async function describeTarget(root: Root, args: readonly string[]): Promise<string> {
  const variables = await evaluate(root, variableArguments(args));
  const region = variables["region"] ?? "us-east-1";
  const account = await callerAccount(region).catch(
    (error: unknown) => `unknown: ${error instanceof Error ? error.message : String(error)}`,
  );
  return Object.entries({ account, ...variables })
    .map(([name, value]) => `${name.padEnd(9)}  ${value}`)
    .join("\n");
}

/** `-var x=y` may be one argument or two. */
const variableArguments = (args: readonly string[]) =>
  args.filter((arg, index) => VARIABLE.test(arg) || /^--?var(-file)?$/.test(args[index - 1] ?? ""));

/** Evaluates the variables of a root module as Terraform does, with its files and environment. */
async function evaluate(root: Root, args: string[]): Promise<Record<string, string>> {
  const names = root === "terraform" ? ["region", "project"] : ["region"];
  const fields = names.map((name) => `${name} = var.${name}`).join(", ");
  const child = spawn("terraform", [`-chdir=${root}`, "console", ...args], {
    cwd: repository,
    stdio: ["pipe", "pipe", "ignore"],
  });
  // A Terraform that fails at once doesn't read its input.
  child.stdin.on("error", () => {});
  child.stdin.end(`jsonencode({ ${fields}, workspace = terraform.workspace })\n`);
  const printed = (await text(child.stdout)).trim();
  try {
    // A string of Terraform, which holds JSON, in the last line.
    const value = JSON.parse(JSON.parse(printed.split("\n").at(-1) ?? "")) as unknown;
    return Object.fromEntries(
      [...names, "workspace"].map((name) => [name, String(Reflect.get(Object(value), name))]),
    );
  } catch {
    return Object.fromEntries([...names, "workspace"].map((name) => [name, "unknown"]));
  }
}

/** The account of the credentials that the AWS tools find here, by GetCallerIdentity of STS. */
async function callerAccount(region: string): Promise<string> {
  const { config } = new LambdaClient({ region });
  const endpoint = new URL(
    process.env["AWS_ENDPOINT_URL_STS"] ??
      process.env["AWS_ENDPOINT_URL"] ??
      `https://sts.${region}.${region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com"}`,
  );
  const signer = new SignatureV4({
    service: "sts",
    region,
    credentials: config.credentials,
    sha256: Sha256,
  });
  const body = "Action=GetCallerIdentity&Version=2011-06-15";
  const signed = await signer.sign({
    method: "POST",
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    path: "/",
    headers: { host: endpoint.host, "content-type": "application/x-www-form-urlencoded" },
    body,
  });
  const response = await fetch(endpoint, {
    method: "POST",
    headers: signed.headers,
    body,
    signal: AbortSignal.timeout(STS_TIMEOUT),
  });
  const [, account] = /<Account>(\d{12})<\/Account>/.exec(await response.text()) ?? [];
  if (account === undefined) throw new Error(`STS responded with status ${response.status}.`);
  return account;
}
