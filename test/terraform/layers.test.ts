/** @module-tag extended */
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { beforeAll, describe, expect, test } from "vitest";
import { APPLY_TIMEOUT } from "./applied-stack.ts";
import { because, reasonToSkip } from "./available.ts";
import { useTerraformFolder } from "./terraform-folder.ts";

const skipped = await reasonToSkip();
const region = "eu-west-1";

const CONFIGURATION = `
provider "aws" {
  region = "${region}"
}

resource "aws_iam_role" "function" {
  name = "function"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "function" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_lambda_layer_version" "greeting" {
  layer_name               = "greeting"
  description              = "A package"
  license_info             = "MIT"
  filename                 = "\${abspath(path.module)}/layer.zip"
  source_code_hash         = filebase64sha256("\${abspath(path.module)}/layer.zip")
  compatible_runtimes      = ["nodejs20.x", "nodejs22.x"]
  compatible_architectures = ["x86_64"]
}

resource "aws_lambda_layer_version" "tools" {
  layer_name = "tools"
  filename   = "\${abspath(path.module)}/layer.zip"
}

data "aws_lambda_layer_version" "tools" {
  layer_name = aws_lambda_layer_version.tools.layer_name
}

resource "aws_lambda_function" "function" {
  function_name    = "function"
  role             = aws_iam_role.function.arn
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  filename         = "\${abspath(path.module)}/function.zip"
  source_code_hash = filebase64sha256("\${abspath(path.module)}/function.zip")
  layers           = [data.aws_lambda_layer_version.tools.arn, aws_lambda_layer_version.greeting.arn]
}
`;

describe.skipIf(skipped)(`layers of Terraform${because(skipped)}`, () => {
  const folder = useTerraformFolder({ region });

  const writeZip = (name: string, file: string, text: string) =>
    folder.write(name, zipSync({ [file]: strToU8(text) }));
  const writeLayer = (text: string) =>
    writeZip("layer.zip", "nodejs/node_modules/greeting/index.js", `module.exports = "${text}";`);
  const invoke = async () => {
    const lambda = new LambdaClient(folder.clientOptions);
    const { Payload = new Uint8Array() } = await lambda.send(
      new InvokeCommand({ FunctionName: "function" }),
    );
    lambda.destroy();
    return JSON.parse(Buffer.from(Payload).toString()) as unknown;
  };

  beforeAll(async () => {
    await writeZip(
      "function.zip",
      "index.js",
      "exports.handler = async () => require('greeting');",
    );
    await writeLayer("hello");
    await folder.write("main.tf", CONFIGURATION);
    await folder.root.apply();
  }, APPLY_TIMEOUT);

  test("have no differences after an apply", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await folder.root.plan("-detailed-exitcode")).toContain("No changes.");
    expect(await invoke()).toBe("hello");
  });

  test("are replaced by their next version", { timeout: APPLY_TIMEOUT }, async () => {
    await writeLayer("hello again");
    expect(await folder.root.apply()).toContain("1 added, 1 changed, 1 destroyed");
    expect(await folder.root.plan("-detailed-exitcode")).toContain("No changes.");
    expect(await invoke()).toBe("hello again");
  });

  test("are destroyed", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await folder.root.destroy()).toContain("Destroy complete!");
    expect(folder.local.state.regions[region]?.lambda).toMatchObject({
      functions: {},
      layers: { greeting: { lastVersion: 2, versions: [] }, tools: { versions: [] } },
    });
  });
});
