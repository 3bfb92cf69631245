import type { JsonSchema } from "../settings.ts";
import { element } from "./dom.ts";
import { exampleOf, isSchema, propertiesOf, type Property } from "./examples.ts";

/** Fields of a form, and the value that they contain. */
export interface Fields {
  nodes: HTMLElement[];
  /**
   * Returns the value, or undefined if the message does not contain the member.
   * @throws {SyntaxError} if a JSON field contains something else.
   */
  read(): unknown;
}

/**
 * Creates the fields for a member of a message. A constant needs no field, a string or a number has one
 * field, and an object of these has one field per member. Any other value is edited as JSON.
 * @param id the prefix of the `id` of each field.
 * @param path names the member, such as `data.text`.
 */
export function createFields(id: string, path: string, property: Omit<Property, "name">): Fields {
  const { schema } = property;
  if ("const" in schema) return { nodes: [], read: () => schema["const"] };
  if (isNumber(schema)) return inputFor(id, path, property, "number");
  if (isText(schema)) return inputFor(id, path, property, "text");
  const members = isFlat(schema) ? propertiesOf(schema) : [];
  return members.length > 0 ? fieldForEach(id, path, members) : fieldOfJson(id, path, property);
}

const isText = ({ type }: JsonSchema) => type === "string";
const isNumber = ({ type }: JsonSchema) => type === "number" || type === "integer";

/**
 * Returns whether the schema is an object without other members, in which each member can have a field.
 */
const isFlat = (schema: JsonSchema): boolean =>
  schema["type"] === "object" &&
  !isSchema(schema["additionalProperties"]) &&
  propertiesOf(schema).every(
    (each) => "const" in each.schema || isText(each.schema) || isNumber(each.schema),
  );

function inputFor(
  id: string,
  path: string,
  { schema, isRequired }: Omit<Property, "name">,
  type: "text" | "number",
): Fields {
  const input = element("input", {
    attributes: { id, type, ...(type === "number" && { step: "any" }) },
  });
  const example = exampleOf(schema);
  input.value = typeof example === "string" || typeof example === "number" ? `${example}` : "";
  return {
    nodes: [label(id, path, isRequired), input],
    read() {
      if (input.value === "" && (!isRequired || type === "number")) return undefined;
      return type === "number" ? input.valueAsNumber : input.value;
    },
  };
}

function fieldForEach(id: string, path: string, members: readonly Property[]): Fields {
  const fields = members.map((member) => ({
    name: member.name,
    ...createFields(`${id}-${member.name}`, `${path}.${member.name}`, member),
  }));
  return {
    nodes: fields.flatMap(({ nodes }) => nodes),
    read: () => Object.fromEntries(fields.map(({ name, read }) => [name, read()])),
  };
}

/** Creates a field for JSON. If it is empty, the message does not contain the member. */
function fieldOfJson(
  id: string,
  path: string,
  { schema, isRequired }: Omit<Property, "name">,
): Fields {
  const example = exampleOf(schema);
  const text = example === undefined ? "" : JSON.stringify(example);
  const area = element("textarea", { attributes: { id, rows: "3", spellcheck: "false" }, text });
  return {
    nodes: [label(id, path, isRequired, "JSON"), area],
    read: (): unknown => (area.value.trim() === "" ? undefined : JSON.parse(area.value)),
  };
}

function label(id: string, path: string, isRequired: boolean, format?: string): HTMLElement {
  const notes = [...(format === undefined ? [] : [format]), ...(isRequired ? [] : ["optional"])];
  const made = element("label", { attributes: { for: id } }, element("code", { text: path }));
  if (notes.length > 0) made.append(` (${notes.join(", ")})`);
  return made;
}
