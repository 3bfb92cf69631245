import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { regionOf } from "../../state.ts";
import { REGION, startLambda } from "../testing.ts";

const CODE = "exports.handler = async () => console.log('hello');";

/** Creates a function without a log group. Its role allows the actions. */
async function start(actions: string[]) {
  const lambda = await startLambda();
  onTestFinished(() => lambda[Symbol.asyncDispose]());
  lambda.define("chat", CODE);
  const { groups } = regionOf(lambda.state, REGION).logs;
  delete groups["/aws/lambda/chat"];
  lambda.allow(actions);
  return { lambda, groups };
}

/** Returns a list to which later warnings of this process about lost logs are added. */
function watchWarnings(): Error[] {
  const warnings: Error[] = [];
  const add = (warning: Error) => {
    if (warning.name === "LocalAwsLostLogs") warnings.push(warning);
  };
  process.on("warning", add);
  onTestFinished(() => void process.off("warning", add));
  return warnings;
}

const WRITE = ["logs:CreateLogStream", "logs:PutLogEvents"];
const CREATE = "logs:CreateLogGroup";

test("the next invocation creates a deleted log group again, with default settings", async () => {
  const { lambda, groups } = await start([CREATE, ...WRITE]);
  await lambda.invoke("chat");
  delete groups["/aws/lambda/chat"];
  await lambda.invoke("chat");
  expect(groups["/aws/lambda/chat"]).toEqual({
    logGroupName: "/aws/lambda/chat",
    arn: "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/chat:*",
    creationTime: expect.any(Number),
    tags: {},
    metricFilters: {},
  });
  expect(lambda.messages("chat")[0]).toMatch(/^INIT_START/);
});

test.for<[string, string[], string]>([
  [
    "create the log group",
    WRITE,
    "There is no log group /aws/lambda/chat, and its role arn:aws:iam::000000000000:role/function does not allow logs:CreateLogGroup.",
  ],
  [
    "write to it",
    [CREATE, "logs:CreateLogStream"],
    "Its role arn:aws:iam::000000000000:role/function does not allow logs:PutLogEvents.",
  ],
  [
    "do anything",
    ["sqs:*"],
    "Its role arn:aws:iam::000000000000:role/function does not allow logs:CreateLogStream and logs:PutLogEvents.",
  ],
])(
  "the logs of a role that is not allowed to %s are lost, with one warning",
  async ([, actions, reason]) => {
    const { lambda, groups } = await start(actions);
    const warnings = watchWarnings();
    const warned = once(process, "warning");
    expect((await lambda.invoke("chat")).payload).toBe(null);
    await lambda.invoke("chat");
    await warned;
    expect(warnings.map(({ message }) => message)).toEqual([
      `The logs of the function chat are lost. ${reason}`,
    ]);
    expect(lambda.messages("chat")).toEqual([]);
    expect(Object.keys(groups)).toEqual(actions.includes(CREATE) ? ["/aws/lambda/chat"] : []);
  },
);
