import { expect } from "vitest";
import { type Account, refusalOf, uniqueName } from "./account.ts";
import type { Behavior } from "./behavior.ts";
import { lambdaTrust, policy } from "./policies.ts";
import { documented, reported, snapshots } from "./sources.ts";

/** Creates a queue. Returns its URL and its ARN. */
async function createQueue({ sqs, id, region }: Account, Attributes: Record<string, string> = {}) {
  const QueueName = uniqueName("queue");
  const { QueueUrl = "" } = await sqs.createQueue({ QueueName, Attributes });
  return { QueueName, QueueUrl, arn: `arn:aws:sqs:${region}:${id}:${QueueName}` };
}

const redrivePolicy = (deadLetterTargetArn: string, maxReceiveCount: number | string = 1) =>
  JSON.stringify({ deadLetterTargetArn, maxReceiveCount });

const attribute = async ({ sqs }: Account, QueueUrl: string, name: "Policy" | "RedrivePolicy") => {
  const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: [name] });
  return Attributes?.[name];
};

const refusedRedrive = (title: string, text: string, reason: string, source: string): Behavior => ({
  behavior: `a redrive policy ${title} is refused`,
  basis: "report",
  source,
  check: async ({ account }) => {
    const { QueueUrl } = await createQueue(account);
    const set = account.sqs.setQueueAttributes({ QueueUrl, Attributes: { RedrivePolicy: text } });
    expect(await refusalOf(set)).toMatchObject({
      message: `Value ${text} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
      status: 400,
    });
  },
});

/**
 * Whether a role without policies may send to a queue, which Lambda checks for the dead-letter queue of a
 * function.
 * @param principal of the statement in the queue's policy, for the ARN of the role.
 */
async function maySend(
  account: Account,
  principal: (roleArn: string) => unknown,
  statements: { queue?: object; role?: object } = {},
): Promise<boolean> {
  const { iam, sqs, beginFunction } = account;
  const { QueueUrl, arn } = await createQueue(account);
  const RoleName = uniqueName("role");
  const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument: lambdaTrust() });
  const common = { Effect: "Allow", Action: "SQS:SendMessage", Resource: arn };
  if (statements.role !== undefined)
    await iam.putRolePolicy({
      RoleName,
      PolicyName: "send",
      PolicyDocument: policy({ ...common, ...statements.role }),
    });
  const Principal = principal(Role?.Arn ?? "");
  const Policy = policy({ ...common, Principal, ...statements.queue });
  await sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy } });
  const create = beginFunction({ Role: Role?.Arn ?? "", DeadLetterConfig: { TargetArn: arn } });
  const [{ status }] = await Promise.allSettled([create]);
  if (status === "fulfilled") return true;
  expect(await refusalOf(create)).toMatchObject({
    message: "The provided execution role does not have permissions to call SendMessage on SQS",
  });
  return false;
}

const sends = (
  behavior: string,
  allowed: boolean,
  source: string,
  ...options: [principal: (roleArn: string) => unknown, statements?: Parameters<typeof maySend>[2]]
): Behavior => ({
  behavior,
  basis: "documentation",
  source,
  check: async ({ account }) => expect(await maySend(account, ...options)).toBe(allowed),
});

/** Policies of queues, and dead-letter queues. */
export const queuePolicies: Behavior[] = [
  sends(
    "the policy of a queue permits a role that it names",
    true,
    documented.policyEvaluation,
    (AWS) => ({ AWS }),
  ),
  sends(
    "the policy of a queue permits every role of the account by the principal *",
    true,
    documented.principals,
    () => "*",
  ),
  sends(
    "the policy of a queue does not permit a role by the account",
    false,
    documented.principals,
    (arn) => ({ AWS: arn.replace(/role\/.*/, "root") }),
  ),
  sends(
    "the policy of a queue does not permit a role that is not named",
    false,
    documented.policyEvaluation,
    (arn) => ({ AWS: `${arn}-other` }),
  ),
  sends(
    "the policy of a queue does not permit a role by a condition that does not hold",
    false,
    documented.policyEvaluation,
    () => "*",
    { queue: { Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:sns:us-east-1:1:topic" } } } },
  ),
  sends(
    "a Deny in the policy of a queue outweighs the policy of a role",
    false,
    documented.policyEvaluation,
    (arn) => ({ AWS: arn.replace(/role\/.*/, "root") }),
    { queue: { Effect: "Deny" }, role: {} },
  ),
  {
    behavior: "the error for a missing permission names the action in lower case",
    basis: "report",
    source: reported.queuePermission,
    check: async ({ account }) => {
      const { QueueUrl, arn } = await createQueue(account);
      const RoleName = uniqueName("role");
      const AssumeRolePolicyDocument = lambdaTrust();
      const { Role } = await account.iam.createRole({ RoleName, AssumeRolePolicyDocument });
      const source = `const { SQS } = require("@aws-sdk/client-sqs");
exports.handler = (input) => new SQS().receiveMessage(input).catch(({ name, message }) => ({ name, message }));`;
      const { FunctionName } = await account.createFunction({ source, Role: Role?.Arn ?? "" });
      const { Payload = new Uint8Array() } = await account.lambda.invoke({
        FunctionName,
        Payload: JSON.stringify({ QueueUrl }),
      });
      const user = `arn:aws:sts::${account.id}:assumed-role/${RoleName}/${FunctionName}`;
      expect(JSON.parse(Buffer.from(Payload).toString())).toEqual({
        name: "AccessDenied",
        message: `User: ${user} is not authorized to perform: sqs:receivemessage on resource: ${arn} because no identity-based policy allows the sqs:receivemessage action`,
      });
    },
  },
  {
    behavior: "the policy of a queue is returned as it was set, and an empty one removes it",
    basis: "snapshot",
    source: snapshots.sqsTests,
    check: async ({ account }) => {
      const { QueueUrl, arn } = await createQueue(account);
      const statement = {
        Effect: "Allow",
        Principal: "*",
        Action: "sqs:SendMessage",
        Resource: arn,
      };
      const Policy = JSON.stringify({ Version: "2008-10-17", Statement: [statement] });
      await account.sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy } });
      expect(await attribute(account, QueueUrl, "Policy")).toBe(Policy);
      await account.sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy: "" } });
      expect(await attribute(account, QueueUrl, "Policy")).toBeUndefined();
    },
  },
  {
    behavior: "an invalid policy of a queue is refused without a reason",
    basis: "report",
    source: reported.queuePolicy,
    check: async ({ account }) => {
      const { QueueUrl } = await createQueue(account);
      for (const Policy of ["x", policy({ Effect: "Allow", Action: "sqs:*", Resource: "*" })])
        expect(
          await refusalOf(account.sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy } })),
        ).toMatchObject({
          name: "InvalidAttributeValue",
          message: "Invalid value for the parameter Policy.",
          status: 400,
        });
    },
  },
  {
    behavior: "a redrive policy is returned as it was set, and an empty one removes it",
    basis: "snapshot",
    source: snapshots.sqsTests,
    check: async ({ account }) => {
      const { QueueUrl, arn } = await createQueue(account);
      const RedrivePolicy = redrivePolicy(arn, "42");
      await account.sqs.setQueueAttributes({ QueueUrl, Attributes: { RedrivePolicy } });
      expect(await attribute(account, QueueUrl, "RedrivePolicy")).toBe(RedrivePolicy);
      await account.sqs.setQueueAttributes({ QueueUrl, Attributes: { RedrivePolicy: "" } });
      expect(await attribute(account, QueueUrl, "RedrivePolicy")).toBeUndefined();
    },
  },
  refusedRedrive(
    "without its members",
    "{}",
    "Redrive policy does not contain mandatory attribute: maxReceiveCount.",
    reported.redriveMembers,
  ),
  refusedRedrive(
    "without a dead-letter queue",
    JSON.stringify({ maxReceiveCount: 5 }),
    "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.",
    reported.redriveTarget,
  ),
  refusedRedrive(
    "with a dead-letter queue that does not exist",
    redrivePolicy("arn:aws:sqs:us-east-1:000000000000:missing"),
    "Dead letter target does not exist.",
    reported.missingDeadLetterQueue,
  ),
  refusedRedrive(
    "with a number of receives out of range",
    redrivePolicy("arn:aws:sqs:us-east-1:000000000000:missing", 1001),
    "Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive.",
    reported.receiveCount,
  ),
  {
    behavior:
      "a message that was received too often moves to the dead-letter queue with its ID and attributes",
    basis: "snapshot",
    source: snapshots.sqs,
    check: async ({ account }) => {
      const dead = await createQueue(account);
      const source = await createQueue(account, {
        RedrivePolicy: redrivePolicy(dead.arn),
        VisibilityTimeout: "0",
      });
      const MessageAttributes = { MyAttribute: { DataType: "String", StringValue: "foobar" } };
      const { MessageId } = await account.sqs.sendMessage({
        QueueUrl: source.QueueUrl,
        MessageBody: "message-1",
        MessageAttributes,
      });
      const receive = async ({ QueueUrl }: { QueueUrl: string }) =>
        (
          await account.sqs.receiveMessage({
            QueueUrl,
            MessageSystemAttributeNames: ["All"],
            MessageAttributeNames: ["All"],
          })
        ).Messages ?? [];
      expect(await receive(source)).toMatchObject([
        { MessageId, Attributes: { ApproximateReceiveCount: "1" } },
      ]);
      expect(await receive(source)).toEqual([]);
      expect(await receive(dead)).toMatchObject([
        {
          MessageId,
          Body: "message-1",
          MessageAttributes,
          Attributes: { ApproximateReceiveCount: "2", DeadLetterQueueSourceArn: source.arn },
        },
      ]);
    },
  },
  {
    behavior: "ListDeadLetterSourceQueues returns the queues that use a dead-letter queue",
    basis: "snapshot",
    source: snapshots.sqsTests,
    check: async ({ account }) => {
      const dead = await createQueue(account);
      const source = await createQueue(account, { RedrivePolicy: redrivePolicy(dead.arn, 50) });
      const list = async ({ QueueUrl }: { QueueUrl: string }) =>
        (await account.sqs.listDeadLetterSourceQueues({ QueueUrl })).queueUrls;
      expect(await list(dead)).toEqual([source.QueueUrl]);
      expect(await list(source)).toEqual([]);
    },
  },
  {
    behavior: "a RedriveAllowPolicy selects the queues that can use a dead-letter queue",
    basis: "documentation",
    source: documented.setQueueAttributes,
    check: async ({ account }) => {
      const dead = await createQueue(account);
      const [first, second] = [await createQueue(account), await createQueue(account)];
      const allow = (value: object) =>
        account.sqs.setQueueAttributes({
          QueueUrl: dead.QueueUrl,
          Attributes: { RedriveAllowPolicy: JSON.stringify(value) },
        });
      const use = ({ QueueUrl }: { QueueUrl: string }) =>
        account.sqs.setQueueAttributes({
          QueueUrl,
          Attributes: { RedrivePolicy: redrivePolicy(dead.arn) },
        });
      await allow({ redrivePermission: "byQueue", sourceQueueArns: [first.arn] });
      await use(first);
      expect(await refusalOf(use(second))).toMatchObject({ status: 400 });
      await allow({ redrivePermission: "allowAll" });
      await use(second);
      await allow({ redrivePermission: "denyAll" });
      expect(await refusalOf(use(first))).toMatchObject({ status: 400 });
      for (const invalid of [{ redrivePermission: "some" }, { redrivePermission: "byQueue" }])
        expect(await refusalOf(allow(invalid))).toMatchObject({ status: 400 });
    },
  },
];
