/**
 * Checks every input member of every operation in the models of the services, including nested ones. The
 * models are part of the newest SDK clients. The local AWS must refuse a member with its name, or the
 * handler of the operation must read it, or it must be in the list of members that are accepted without
 * effect.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { acceptedWithoutEffect } from "./accepted-without-effect.ts";
import { type Outcome, type ServiceName, serviceModels, startAccount } from "./account.ts";
import { createInputs } from "./inputs.ts";
import { type Member, membersOf, type ModelOperation, operationsOf } from "./model.ts";
import { samplesOf } from "./samples.ts";

let account: Awaited<ReturnType<typeof startAccount>>;
beforeAll(async () => {
  account = await startAccount();
});
afterAll(() => account.close());

test.each(Object.keys(serviceModels) as ServiceName[])(
  "every member of the model of %s is read, refused with its name, or listed",
  async (service) => {
    const problems: string[] = [];
    const operations = operationsOf(serviceModels[service].module);
    expect(operations).not.toEqual([]);
    const unseen = new Set(
      Object.keys(acceptedWithoutEffect).filter((title) => title.startsWith(`${service}:`)),
    );
    for (const operation of inOrder(operations))
      for (const { title, problem } of await walk(service, operation)) {
        unseen.delete(title);
        if (problem !== undefined) problems.push(`${title}: ${problem}`);
      }
    for (const title of unseen) problems.push(`${title}: is in the list, but not in the model`);
    expect(problems).toEqual([]);
  },
);

/**
 * Sorts operations that delete to the end. Messages and log events are only in memory, so they are not
 * restored.
 */
const inOrder = (operations: readonly ModelOperation[]): ModelOperation[] => {
  const deletes = ({ name }: ModelOperation) => /^(Delete|Purge)/.test(name);
  return [...operations.filter((each) => !deletes(each)), ...operations.filter(deletes)];
};

/** The result for a member of an operation. An operation that is not implemented has one result. */
interface Result {
  /** `lambda:CreateFunction Code.ZipFile` */
  title: string;
  problem: string | undefined;
}

/**
 * Whether the error says that the local AWS does not have the operation. Of REST APIs, which it does not have
 * at all, it names the path.
 */
const isNamed = (outcome: Outcome, service: ServiceName, name: string) =>
  outcome.status === 501 &&
  (service === "apigateway" || new RegExp(`\\b${name}\\b`).test(textOf(outcome)));

async function walk(service: ServiceName, { name, input }: ModelOperation): Promise<Result[]> {
  const title = `${service}:${name}`;
  const inputs = createInputs(name, samplesOf(account.resources));
  const base = await account.call(service, name, inputs.required(input));
  if (base.called === undefined)
    return [{ title, problem: isNamed(base, service, name) ? undefined : textOf(base) }];
  if (base.called.name !== name) return [{ title, problem: `calls ${base.called.name}` }];
  const results: Result[] = [];
  for (const member of membersOf(input)) {
    const outcome = await account.call(service, name, inputs.with(input, member));
    results.push(resultOf(`${title} ${member.path}`, outcome, member));
  }
  return results;
}

function resultOf(title: string, outcome: Outcome, member: Member): Result {
  const isDone = isRead(outcome, member) || isRefusedByName(outcome, member);
  if (!Object.hasOwn(acceptedWithoutEffect, title))
    return { title, problem: isDone ? undefined : textOf(outcome) };
  return { title, problem: isDone ? "is in the list, but has an effect" : undefined };
}

/** Returns whether the handler of the operation read a member. Maps can have any key. */
const isRead = ({ called }: Outcome, { header, steps }: Member): boolean =>
  called?.reads.some((read) =>
    header === undefined
      ? read.length === steps.length &&
        steps.every(({ kind, wire }, index) => kind !== "member" || read[index] === wire)
      : read[0] === "headers" && read[1] === header,
  ) ?? false;

/** Captures the parameter, the value or the header in an error of the local AWS. */
const NOT_IMPLEMENTED = /does not implement (?:the (?:parameter|header) (\S+)|([\w.]+) )/;

/** Returns whether an error says that the member, or one that contains it, is not implemented. */
function isRefusedByName({ status, message }: Outcome, { header, steps }: Member): boolean {
  const [, parameter, value] = NOT_IMPLEMENTED.exec(message.toLowerCase()) ?? [];
  const named = (parameter ?? value ?? "").replaceAll(/\[\d+\]/g, "").split(".");
  const [name = "", ...containers] = [header, ...steps.map(({ wire }) => wire)]
    .filter((each) => each !== undefined && each !== "")
    .toReversed();
  const last = named.at(-1);
  return status === 501 && (named.includes(name) || containers.some((each) => each === last));
}

const textOf = ({ status, message }: Outcome) => `${status ?? "not sent"} ${message}`;
