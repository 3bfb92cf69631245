/**
 * Walks the models of the services, which the newest SDK clients carry: every member of the input of
 * every operation, nested ones as well. The local AWS refuses a member by its name, or the handler of the
 * operation reads it, or it is in the list of members that are accepted without effect.
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
  "every member of the model of %s is honored, refused by name, or listed",
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

/** Messages and log events are only in memory and are not restored, so it comes last to delete them. */
const inOrder = (operations: readonly ModelOperation[]): ModelOperation[] => {
  const deletes = ({ name }: ModelOperation) => /^(Delete|Purge)/.test(name);
  return [...operations.filter((each) => !deletes(each)), ...operations.filter(deletes)];
};

/** A member of an operation. An operation that is not implemented is one member. */
interface Result {
  /** `lambda:CreateFunction Code.ZipFile` */
  title: string;
  problem: string | undefined;
}

async function walk(service: ServiceName, { name, input }: ModelOperation): Promise<Result[]> {
  const title = `${service}:${name}`;
  const inputs = createInputs(name, samplesOf(account.resources));
  const base = await account.call(service, name, inputs.required(input));
  if (base.called === undefined)
    return [{ title, problem: base.status === 501 ? undefined : textOf(base) }];
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

/** How the local AWS names a parameter, the value of one, or a header that it does not implement. */
const NOT_IMPLEMENTED = /does not implement (?:the (?:parameter|header) (\S+)|([\w.]+) )/;

/**
 * Returns whether the local AWS does not implement the member, or one on the way to it, and names it.
 */
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
