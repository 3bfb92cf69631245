import { NormalizedSchema } from "@smithy/core/schema";

/** An operation of a service's model, which is part of the SDK client of the service. */
export interface ModelOperation {
  name: string;
  /** The shape of its input. */
  input: NormalizedSchema;
}

/** The tag of operations among the schemas that a client exports. */
const OPERATION = 9;

type OperationSchema = readonly [
  tag: number,
  namespace: string,
  name: string,
  traits: unknown,
  input: () => Parameters<typeof NormalizedSchema.of>[0],
];

const isOperation = (value: unknown): value is OperationSchema =>
  Array.isArray(value) && value[0] === OPERATION;

/** Returns the operations of the model that a client's module exports. */
export const operationsOf = (client: object): ModelOperation[] =>
  Object.values(client)
    .filter(isOperation)
    .map(([, , name, , input]) => ({ name, input: NormalizedSchema.of(input()) }));

/** A step from a structure, a list or a map to what it contains. */
export interface Step {
  kind: "member" | "item" | "value";
  /** The name of a member in the SDK, and on the wire. */
  name: string;
  wire: string;
}

/** A member of a structure, somewhere in an input. */
export interface Member {
  /** `Metrics[].AccountId` and `Attributes{}.DataType`. */
  path: string;
  steps: readonly Step[];
  shape: NormalizedSchema;
  /** The name of the header that contains the member, in lower case. */
  header: string | undefined;
  /** The shape of each structure, list or map around the member, the input first. */
  containers: readonly NormalizedSchema[];
}

/** Returns all members of an input. Nested members follow the member that contains them. */
export const membersOf = (input: NormalizedSchema): Member[] => [...below(input, [], [], [])];

function* below(
  shape: NormalizedSchema,
  steps: readonly Step[],
  containers: readonly NormalizedSchema[],
  seen: readonly string[],
): Generator<Member> {
  const within = [...containers, shape];
  if (shape.isListSchema())
    yield* below(shape.getValueSchema(), [...steps, step("item")], within, seen);
  else if (shape.isMapSchema())
    yield* below(shape.getValueSchema(), [...steps, step("value")], within, seen);
  else if (shape.isStructSchema()) {
    const structure = shape.getName() ?? "";
    // The structure contains itself.
    if (seen.includes(structure)) return;
    for (const [name, member] of shape.structIterator()) {
      const traits = member.getMergedTraits();
      const wire =
        traits.httpPayload === 1 ? "Body" : (traits.httpQuery ?? traits.jsonName ?? name);
      const path = [...steps, { ...step("member", name), wire: wire.toLowerCase() }];
      const header = traits.httpHeader?.toLowerCase();
      yield { path: pathOf(path), steps: path, shape: member, header, containers: within };
      yield* below(member, path, within, [...seen, structure]);
    }
  }
}

const step = (kind: Step["kind"], name = ""): Step => ({ kind, name, wire: "" });

const pathOf = (steps: readonly Step[]): string =>
  steps
    .map(({ kind, name }) => (kind === "member" ? `.${name}` : kind === "item" ? "[]" : "{}"))
    .join("")
    .slice(1);

/**
 * Returns the names of the members that a structure requires. The schemas of the SDK list them first.
 */
export function requiredMembers(shape: NormalizedSchema): string[] {
  const schema: unknown = shape.getSchema();
  if (!Array.isArray(schema)) return [];
  const [names, count]: unknown[] = [schema[4], schema[6]];
  if (!Array.isArray(names) || typeof count !== "number") return [];
  return names.slice(0, count).map(String);
}
