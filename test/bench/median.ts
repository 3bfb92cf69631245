/** @throws {RangeError} if there is no value. */
export const median = (values: readonly number[]): number => medianBy(values, (value) => value);

/**
 * Returns the value with the median measure.
 * @throws {RangeError} if there is no value.
 */
export function medianBy<Value>(
  values: readonly Value[],
  measure: (value: Value) => number,
): Value {
  const middle = values.toSorted((a, b) => measure(a) - measure(b))[Math.floor(values.length / 2)];
  if (middle === undefined) throw new RangeError("Cannot calculate the median of an empty list.");
  return middle;
}

/**
 * Measures several things in turn, in rounds, so that other load of the machine affects all of them.
 * Returns the median of each.
 */
export async function mediansInTurn<Name extends string>(
  rounds: number,
  measures: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number>> {
  const entries = Object.entries<() => Promise<number>>(measures).map(([name, measure]) => ({
    name,
    measure,
    values: Array<number>(),
  }));
  for (let round = 0; round < rounds; round += 1)
    for (const { measure, values } of entries) values.push(await measure());
  return Object.fromEntries(entries.map(({ name, values }) => [name, median(values)])) as Record<
    Name,
    number
  >;
}
