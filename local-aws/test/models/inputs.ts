import type { NormalizedSchema } from "@smithy/core/schema";
import { type Member, requiredMembers } from "./model.ts";

/** Values for the inputs of operations, if the type of a member is not enough to create one. */
export interface Samples {
  /** By the name of a member, in any operation. */
  members: Readonly<Record<string, unknown>>;
  /** By an operation and the path of a member, such as `PutMetricAlarm Metrics[].Id`. */
  paths: Readonly<Record<string, unknown>>;
  /** Further members of the input, by an operation, or by an operation and the path of a member. */
  inputs: Readonly<Record<string, object>>;
}

/** Returns functions that create inputs of an operation. */
export function createInputs(operation: string, { members, paths, inputs }: Samples) {
  const valueOf = (shape: NormalizedSchema, name: string, path: string): unknown => {
    const own = paths[`${operation} ${path}`] ?? members[name];
    if (own !== undefined) return own;
    if (shape.isStructSchema()) return structure(shape, path);
    if (shape.isListSchema()) return [valueOf(shape.getValueSchema(), "", `${path}[]`)];
    if (shape.isMapSchema()) return { sample: valueOf(shape.getValueSchema(), "", `${path}{}`) };
    if (shape.isBooleanSchema()) return true;
    if (shape.isNumericSchema()) return 1;
    if (shape.isTimestampSchema()) return new Date();
    return shape.isBlobSchema() ? Buffer.from("sample") : "sample";
  };
  const structure = (shape: NormalizedSchema, path = ""): object => {
    const shapes = Object.fromEntries(shape.structIterator());
    const entries = requiredMembers(shape).map((name) => {
      const inner = path === "" ? name : `${path}.${name}`;
      const member = shapes[name];
      return [name, member && valueOf(member, name, inner)] as const;
    });
    return Object.fromEntries(entries);
  };
  const required = (input: NormalizedSchema, path = ""): object => ({
    ...structure(input),
    ...inputs[operation],
    ...inputs[`${operation} ${path}`],
  });
  return {
    /** Returns an input with the required members. */
    required: (input: NormalizedSchema) => required(input),
    /**
     * Returns an input with the required members and one more, including the structures around it.
     */
    with(input: NormalizedSchema, member: Member): object {
      const { containers, shape, steps } = member;
      const root = structuredClone(required(input, member.path));
      let container: object = root;
      let path = "";
      for (const [index, { kind, name }] of steps.entries()) {
        path += kind === "item" ? "[]" : kind === "value" ? "{}" : `${path && "."}${name}`;
        const [first = "sample"] = Object.keys(container);
        const key = kind === "member" ? name : kind === "item" ? 0 : first;
        const inner = containers[index + 1];
        const present: unknown = Reflect.get(container, key);
        const value = structuredClone(
          inner === undefined || !isObject(present) ? valueOf(inner ?? shape, name, path) : present,
        );
        Reflect.set(container, key, value);
        if (isObject(value)) container = value;
      }
      return root;
    },
  };
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
