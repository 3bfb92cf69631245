/**
 * Runs the part of CloudWatch Logs Insights' query language that the saved queries of terraform/ use.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */

/** A log event as Insights sees it: its discovered fields by name, such as `message.event`. */
export type Row = Readonly<Record<string, unknown>>;

/** @param message a line of JSON. A member of an object has the names of both, with a dot between. */
export function rowOf(message: string, system: { timestamp: number; log: string }): Row {
  const fields = Object.entries(flat(JSON.parse(message)));
  return Object.fromEntries([["@timestamp", system.timestamp], ["@log", system.log], ...fields]);
}

const flat = (value: unknown, prefix = ""): Record<string, unknown> =>
  typeof value === "object" && value !== null
    ? Object.assign(
        {},
        ...Object.entries(value).map(([name, member]) =>
          flat(member, prefix === "" ? name : `${prefix}.${name}`),
        ),
      )
    : { [prefix]: value };

/** @throws {Error} if the query has an unknown command. */
export function runQuery(query: string, rows: readonly Row[]): Row[] {
  let displayed: string[] | undefined;
  let result = [...rows];
  for (const command of query.split(/\s*\|\s*/)) {
    const [, name = "", text = ""] = /^(\w+)\s+(.*)$/s.exec(command.trim()) ?? [];
    switch (name) {
      case "fields":
        displayed = listOf(text);
        break;
      case "filter":
        result = result.filter(condition(text));
        break;
      case "stats":
        result = stats(text, result);
        break;
      case "sort":
        result = result.toSorted(order(text));
        break;
      case "limit":
        result = result.slice(0, Number(text));
        break;
      default:
        throw new Error(`This command cannot be run here: ${command}`);
    }
  }
  return displayed === undefined ? result : result.map((row) => select(row, displayed ?? []));
}

/** The names of all fields of log events in a query. */
export function fieldsOf(query: string): string[] {
  const words = query.replaceAll(/"[^"]*"/g, "").match(/(?<![\w.])(?:@\w+|level|message\.\w+)/g);
  return [...new Set(words)];
}

const listOf = (text: string) => text.split(/\s*,\s*/);

const select = (row: Row, names: readonly string[]): Row =>
  Object.fromEntries(names.map((name) => [name, row[name]]));

/** Conditions with `and` between them. */
function condition(text: string): (row: Row) => boolean {
  const conditions = text.split(/\s+and\s+/).map((one) => {
    const [, present] = /^ispresent\(([\w.]+)\)$/.exec(one) ?? [];
    if (present !== undefined) return (row: Row) => row[present] !== undefined;
    const [, field = "", operator, operand] = /^([\w.]+) (=|in) (".*"|\[.*\])$/.exec(one) ?? [];
    if (operand === undefined) throw new Error(`This condition cannot be checked here: ${one}`);
    const values: unknown[] = [JSON.parse(operand)].flat(operator === "in" ? 1 : 0);
    return (row: Row) => values.includes(row[field]);
  });
  return (row) => conditions.every((holds) => holds(row));
}

function order(text: string): (a: Row, b: Row) => number {
  const [field = "", direction] = text.split(" ");
  const sign = direction === "desc" ? -1 : 1;
  return (a, b) => sign * (Number(a[field]) - Number(b[field]));
}

/** One row for each value of the field after `by`. */
function stats(text: string, rows: readonly Row[]): Row[] {
  const [functions = "", field = ""] = text.split(" by ");
  const columns = functions.split(/,\s*(?=\w+\()/).map((one) => {
    const [, name = "", args = "", alias = ""] = /^(\w+)\((.*)\) as (\w+)$/.exec(one) ?? [];
    return { alias, aggregate: aggregate(name, listOf(args)) };
  });
  const groups = Map.groupBy(rows, (row) => row[field]);
  return Array.from(groups, ([value, members]) =>
    Object.fromEntries([
      [field, value],
      ...columns.map((column): [string, unknown] => [column.alias, column.aggregate(members)]),
    ]),
  );
}

function aggregate(name: string, [field = "", percentile]: string[]): (rows: Row[]) => number {
  const sorted = (rows: Row[]) => rows.map((row) => Number(row[field])).toSorted((a, b) => a - b);
  switch (name) {
    case "count":
      return (rows) => rows.length;
    case "max":
      return (rows) => sorted(rows).at(-1) ?? Number.NaN;
    case "pct":
      return (rows) =>
        sorted(rows)[Math.ceil((rows.length * Number(percentile)) / 100) - 1] ?? Number.NaN;
    default:
      throw new Error(`This function cannot be calculated here: ${name}`);
  }
}
