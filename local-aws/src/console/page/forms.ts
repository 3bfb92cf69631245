import type { Settings } from "../settings.ts";
import { element } from "./dom.ts";
import { propertiesOf } from "./examples.ts";
import { createFields } from "./fields.ts";

/** The form of one message. */
export interface MessageForm {
  name: string;
  node: HTMLElement;
  /**
   * Returns the message as JSON.
   * @throws {SyntaxError} if a JSON field contains something else.
   */
  read(): string;
}

/** Creates a form for each message of the settings, in their order. */
export const createForms = ({ messages, requestId }: Settings): MessageForm[] =>
  Object.entries(messages).map(([name, schema]) => {
    const properties = propertiesOf(schema);
    const fields = properties
      .filter((property) => property.name !== requestId)
      .map((property) => ({
        name: property.name,
        ...createFields(`${name}-${property.name}`, property.name, property),
      }));
    const hasId = properties.some((property) => property.name === requestId);
    return {
      name,
      node: element("div", {}, ...fields.flatMap(({ nodes }) => nodes)),
      read: () =>
        JSON.stringify({
          ...Object.fromEntries(fields.map((field) => [field.name, field.read()])),
          ...(hasId && requestId !== null && { [requestId]: crypto.randomUUID() }),
        }),
    };
  });
