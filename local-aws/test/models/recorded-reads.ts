import type { Middleware } from "../../src/protocols/operation.ts";

/** The members that the handler of an operation has read, each as a path in lower case. */
export type Reads = readonly (readonly string[])[];

/** A call of an operation that the local AWS implements. */
export interface RecordedCall {
  name: string;
  reads: Reads;
}

/**
 * Creates middleware that records which members of its input and which headers a handler reads.
 * @param onCall is called when an operation begins. Its reads are added while it runs.
 */
export const recordReads = (onCall: (call: RecordedCall) => void): Middleware =>
  async function record(call, next) {
    const reads: (readonly string[])[] = [];
    onCall({ name: call.name, reads });
    const { operation } = call;
    const { resource } = operation;
    const onRead = (path: readonly string[]) => reads.push(path);
    call.operation = {
      ...operation,
      ...(resource && {
        resource: (input, context) =>
          resource.call(operation, observed(input, [], onRead), context),
      }),
      handle: (input, context) =>
        operation.handle(observed(input, [], onRead), {
          ...context,
          headers: observed(context.headers, ["headers"], onRead),
        }),
    };
    return await next();
  };

/**
 * Wraps a list or an object so that it reports each member that is read. Returns other values unchanged.
 */
function observed<Value>(
  value: Value,
  path: readonly string[],
  onRead: (path: readonly string[]) => void,
): Value {
  if (!isContainer(value)) return value;
  return new Proxy(value, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof key === "symbol" || !Object.hasOwn(target, key)) return member;
      const place = [...path, key.toLowerCase()];
      onRead(place);
      return observed(member, place, onRead);
    },
  });
}

const isContainer = (value: unknown): value is object =>
  Array.isArray(value) ||
  (typeof value === "object" &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value)));
