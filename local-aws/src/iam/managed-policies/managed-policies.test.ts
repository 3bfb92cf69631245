import { beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../clock.ts";
import { awsRequest } from "../../protocols/testing.ts";
import { emptyState, type State } from "../../state.ts";
import { createIam, type Iam } from "../index.ts";
import { addRole } from "../testing.ts";

const queue = "arn:aws:sqs:us-east-1:000000000000:jobs";
const document = (Action: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action, Resource: queue }],
  });
const PolicyArn = "arn:aws:iam::000000000000:policy/queues/send";
const attachment = { RoleName: "worker", PolicyArn };
const basicExecution = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

let state: State;
let iam: Iam;

beforeEach(async () => {
  state = emptyState();
  iam = createIam({ state, clock: { ...systemClock, now: () => 1_767_225_600_000 } });
  addRole(state, "worker", "lambda.amazonaws.com");
  await call("CreatePolicy", {
    PolicyName: "send",
    Path: "/queues/",
    Description: "Sends",
    PolicyDocument: document("sqs:SendMessage"),
  });
});

async function call(Action: string, parameters: Record<string, string> = {}): Promise<string> {
  const form = new URLSearchParams({ Action, Version: "2010-05-08", ...parameters });
  const { body } = await iam.service(awsRequest({ body: Buffer.from(form.toString()) }));
  return String(body);
}

const session = () => iam.sessionOf("arn:aws:iam::000000000000:role/worker", "run-1");
const allows = (action: string, resource = queue) => iam.allows(session(), action, resource);

describe("permissions of a role", () => {
  it("include those of its attached managed policies until they are detached", async () => {
    expect(allows("sqs:SendMessage")).toBe(false);
    await call("AttachRolePolicy", attachment);
    expect(allows("sqs:SendMessage")).toBe(true);
    expect(allows("sqs:DeleteMessage")).toBe(false);
    await call("DetachRolePolicy", attachment);
    expect(allows("sqs:SendMessage")).toBe(false);
  });

  it("are those of the default version of a policy", async () => {
    await call("AttachRolePolicy", attachment);
    const PolicyDocument = document("sqs:DeleteMessage");
    await call("CreatePolicyVersion", { PolicyArn, PolicyDocument });
    expect(allows("sqs:DeleteMessage")).toBe(false);
    await call("SetDefaultPolicyVersion", { PolicyArn, VersionId: "v2" });
    expect(allows("sqs:DeleteMessage")).toBe(true);
    expect(allows("sqs:SendMessage")).toBe(false);
  });

  it("include those of AWS managed policies", async () => {
    await call("AttachRolePolicy", { RoleName: "worker", PolicyArn: basicExecution });
    const group = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/a";
    expect(allows("logs:CreateLogGroup", group)).toBe(true);
    expect(allows("logs:DeleteLogGroup", group)).toBe(false);
  });
});

describe("managed policies of AWS", () => {
  it("that are not implemented are refused with their name", async () => {
    const unknown = "arn:aws:iam::aws:policy/AmazonBraketFullAccess";
    expect(await call("AttachRolePolicy", { RoleName: "worker", PolicyArn: unknown })).toContain(
      `The local AWS does not implement the AWS managed policy ${unknown}.`,
    );
  });

  it("cannot be changed", async () => {
    expect(await call("DeletePolicy", { PolicyArn: basicExecution })).toContain(
      "<Code>AccessDenied</Code>",
    );
  });

  it("are all valid, and are listed with those of the account", async () => {
    const names = (text: string) =>
      [...text.matchAll(/<PolicyName>(.*?)<\/PolicyName>/g)].map(([, name]) => name);
    expect(names(await call("ListPolicies", { Scope: "Local" }))).toEqual(["send"]);
    expect(names(await call("ListPolicies", { PathPrefix: "/queues/" }))).toEqual(["send"]);
    const ofAws = await call("ListPolicies", { Scope: "AWS" });
    expect(names(ofAws)).toContain("AWSLambda_FullAccess");
    for (const [, arn = ""] of ofAws.matchAll(/<Arn>(.*?)<\/Arn>/g)) {
      await call("AttachRolePolicy", { RoleName: "worker", PolicyArn: arn });
      expect(allows("sqs:NoSuchAction")).toBe(/AmazonSQSFull|\/Administrator/.test(arn));
      await call("DetachRolePolicy", { RoleName: "worker", PolicyArn: arn });
    }
  });
});

describe("GetPolicy", () => {
  it("returns everything that Terraform reads", async () => {
    await call("AttachRolePolicy", attachment);
    await call("TagPolicy", { PolicyArn, "Tags.member.1.Key": "a", "Tags.member.1.Value": "1" });
    await call("TagPolicy", { PolicyArn, "Tags.member.1.Key": "b", "Tags.member.1.Value": "2" });
    await call("UntagPolicy", { PolicyArn, "TagKeys.member.1": "a" });
    const text = await call("GetPolicy", { PolicyArn });
    for (const part of [
      "<PolicyName>send</PolicyName>",
      `<Arn>${PolicyArn}</Arn><Path>/queues/</Path><DefaultVersionId>v1</DefaultVersionId>`,
      "<AttachmentCount>1</AttachmentCount>",
      "<CreateDate>2026-01-01T00:00:00Z</CreateDate>",
      "<Description>Sends</Description>",
      "<Tags><member><Key>b</Key><Value>2</Value></member></Tags>",
    ])
      expect(text).toContain(part);
    expect(text).toMatch(/<PolicyId>ANPA[A-Z2-7]{17}<\/PolicyId>/);
  });
});
