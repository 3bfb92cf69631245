/** A line of a function's log, to be read: JSON without what every line has. */
export function readLogLine(line: string): { level: string; text: string } {
  const parsed = parse(line);
  if (typeof parsed?.["type"] === "string")
    return { level: "platform", text: platformText(parsed["type"], parsed["record"]) };
  if (typeof parsed?.["level"] !== "string") return { level: "", text: line };
  const { message } = parsed;
  return {
    level: parsed["level"].toLowerCase(),
    text: typeof message === "string" ? message : JSON.stringify(message),
  };
}

function platformText(type: string, record: unknown): string {
  const { metrics, status, errorType } = fieldsOf(record);
  const told = Object.entries(fieldsOf(metrics)).map(([name, value]) => `${name} ${String(value)}`);
  const ending = [status, errorType].filter((each) => each !== undefined && each !== "success");
  return [type, ...ending, ...told].join("  ");
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {};

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}
