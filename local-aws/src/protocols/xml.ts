/**
 * An XML element as AWS's query protocol writes it: objects become child elements, lists `member`
 * elements, dates ISO 8601, and `undefined` nothing.
 */
export function element(name: string, content: unknown, attributes = ""): string {
  if (content === undefined) return "";
  return `<${name}${attributes}>${children(content)}</${name}>`;
}

function children(content: unknown): string {
  if (content instanceof Date) return content.toISOString();
  if (Array.isArray(content)) return content.map((item) => element("member", item)).join("");
  if (typeof content === "object" && content !== null)
    return Object.entries(content)
      .map(([name, child]) => element(name, child))
      .join("");
  return escape(String(content));
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};

const escape = (text: string) =>
  text.replace(/[&<>"\r]/g, (character) => entities[character] ?? "");
