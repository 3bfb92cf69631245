import type { JsonSchema } from "../settings.ts";

/**
 * Returns the initial value of a form, or undefined if the schema does not say what the value is.
 */
export function exampleOf(schema: JsonSchema): unknown {
  const { examples } = schema;
  if ("const" in schema) return schema["const"];
  if ("default" in schema) return schema["default"];
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  if (Array.isArray(schema["enum"])) return schema["enum"][0];
  switch (schema["type"]) {
    case "string":
      return "hello".padEnd(numberOr(0, schema["minLength"]), "o");
    case "number":
    case "integer":
      return numberOr(1, schema["minimum"]);
    case "boolean":
      return true;
    case "array":
      return isSchema(schema["items"]) ? [exampleOf(schema["items"]) ?? null] : [];
    case "object":
      return Object.fromEntries(
        propertiesOf(schema)
          .filter(({ isRequired }) => isRequired)
          .map(({ name, schema: property }) => [name, exampleOf(property) ?? null]),
      );
    default:
      return undefined;
  }
}

export interface Property {
  name: string;
  schema: JsonSchema;
  isRequired: boolean;
}

/** Returns the members of an object, in the order of its schema. */
export function propertiesOf(schema: JsonSchema): Property[] {
  const { properties, required } = schema;
  const names = Array.isArray(required) ? required : [];
  return Object.entries(isSchema(properties) ? properties : {}).map(([name, property]) => ({
    name,
    schema: isSchema(property) ? property : {},
    isRequired: names.includes(name),
  }));
}

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const numberOr = (fallback: number, value: unknown) =>
  typeof value === "number" ? value : fallback;
