import { element } from "./dom.ts";

/** The fields of a form, and the data that they hold. */
export interface Fields {
  node: HTMLElement;
  /** @throws {SyntaxError} where a field of JSON holds something else. */
  read(): unknown;
}

/** @param data what the form begins with. */
export function createFields(action: string, data: unknown): Fields {
  if (data === undefined) return { node: element("div"), read: () => undefined };
  return isFlat(data) ? fieldForEach(action, data) : fieldOfJson(action, data);
}

type Flat = Record<string, string | number>;

const isFlat = (data: unknown): data is Flat =>
  typeof data === "object" &&
  data !== null &&
  !Array.isArray(data) &&
  Object.values(data).every((value) => typeof value === "string" || typeof value === "number");

function fieldForEach(action: string, data: Flat): Fields {
  const inputs = Object.entries(data).map(([key, value]) => {
    const input = element("input", { attributes: { id: `${action}-${key}` } });
    const isNumber = typeof value === "number";
    if (isNumber) Object.assign(input, { type: "number", step: "any" });
    input.value = String(value);
    return { key, input, read: () => (isNumber ? input.valueAsNumber : input.value) };
  });
  const parts = inputs.flatMap(({ key, input }) => [
    element("label", { attributes: { for: input.id } }, element("code", { text: `data.${key}` })),
    input,
  ]);
  return {
    node: element("div", {}, ...parts),
    read: () => Object.fromEntries(inputs.map(({ key, read }) => [key, read()])),
  };
}

function fieldOfJson(action: string, data: unknown): Fields {
  const attributes = { id: `${action}-json`, rows: "3", spellcheck: "false" };
  const area = element("textarea", { attributes, text: JSON.stringify(data) });
  const label = element("label", { attributes: { for: area.id } });
  label.append(element("code", { text: "data" }), " (JSON)");
  return {
    node: element("div", {}, label, area),
    read: (): unknown => JSON.parse(area.value),
  };
}
