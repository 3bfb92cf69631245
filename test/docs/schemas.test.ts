import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { requestNames } from "../../scripts/schemas/protocol-schema.ts";
import { schemaFiles } from "../../scripts/schemas/index.ts";
import { connect } from "../e2e/client.ts";
import { useTarget } from "../e2e/target.ts";
import { fencedBlocks, readDocument } from "./markdown.ts";

const root = join(import.meta.dirname, "..", "..");
const fresh = await schemaFiles();
const document = (path: string): object => JSON.parse(fresh[path] ?? "");

/** Returns the validation errors of a message. */
const ajv = new Ajv2020({
  formats: { "date-time": (text: string) => !Number.isNaN(Date.parse(text)) },
});
ajv.addSchema(document("docs/protocol.schema.json"), "protocol");
function errorsOf(definition: string, message: unknown): string[] {
  const validate = ajv.getSchema(`protocol#/$defs/${definition}`);
  if (validate === undefined) throw new Error(`There is no definition ${definition}.`);
  if (validate(message) === true) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message: text }) => `${instancePath} ${text}`,
  );
}

test.for(Object.keys(fresh))("%s is up to date (if not, run npm run schemas)", async (path) => {
  expect(await readFile(join(root, path), "utf8")).toBe(fresh[path]);
});

test("the AsyncAPI document is valid AsyncAPI 3.0", () => {
  const specification: object = createRequire(import.meta.url)(
    "@asyncapi/specs/schemas/3.0.0.json",
  );
  // The specification contains the meta-schema of its dialect.
  const options = { meta: false, validateSchema: false, strict: false, validateFormats: false };
  const validate = new Ajv(options).compile(specification);
  const api = document("docs/asyncapi.json");
  validate(api);
  expect(validate.errors).toBeNull();
  expect(validate({ ...api, channels: [] })).toBe(false);
});

test("every reference in the AsyncAPI document exists", () => {
  const api = document("docs/asyncapi.json");
  const references = [...JSON.stringify(api).matchAll(/"\$ref":"#\/([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(10);
  for (const [, path = ""] of references) expect(api).toHaveProperty(path.split("/"));
});

interface Message {
  action?: string | null;
  /** The status of a frame from the server. */
  status?: "progress" | "success" | "error";
}

/** The streaming action in the documents, which the stack does not have. */
const EXAMPLE = "countdown";

function definitionOf(message: Message): string {
  if ("connectionId" in message) return "GatewayError";
  const { action, status = "request" } = message;
  if (status === "error") return "Failure";
  if (action !== EXAMPLE) return `${action}.${status}`;
  return { request: "Request", progress: "Progress", success: "Success" }[status];
}

describe("the messages in the documents", () => {
  const documents = ["README.md", "README.ja.md", "docs/protocol.md"];

  /** Returns the messages of a block: one on several lines, or one on each line. */
  const messagesOf = (lines: readonly string[]) =>
    lines[0] === "{" ? [lines.map((line) => line.trim()).join(" ")] : lines;
  const messages = documents.flatMap((path) =>
    fencedBlocks(readDocument(path))
      .filter(({ language }) => language === "json")
      .flatMap(({ lines }) => messagesOf(lines).map((text) => [path, text] as const)),
  );

  test("exist", () => expect(messages.length).toBeGreaterThanOrEqual(10));

  test.for(messages)("in %s: %s", ([, text]) => {
    const message: Message = JSON.parse(text);
    const definition = definitionOf(message);
    expect(errorsOf(definition, message)).toEqual([]);
    const general = /request$/i.test(definition) ? "Request" : "Frame";
    expect(errorsOf(general, message)).toEqual([]);
  });
});

describe("the replies of a running stack", () => {
  const target = useTarget();

  /** A request for each action. Add one for a new action. */
  const requests: Record<string, object> = {
    echo: { action: "echo", data: { any: ["JSON", 1, null] }, requestId: "1" },
    reverse: { action: "reverse", data: { text: "hello" }, requestId: "1" },
    timestamp: { action: "timestamp", requestId: "1" },
    uppercase: { action: "uppercase", data: { text: "hello" }, requestId: "1" },
    ping: { action: "ping", requestId: "1" },
  };
  const names = requestNames();

  test.for(names.filter((name) => !(name in requests)))(
    "to %s match the schema (skipped: no request is defined above)",
    { skip: true },
    () => expect.unreachable(),
  );

  test.for(names.filter((name) => name in requests))("to %s match the schema", async (name) => {
    const client = await connect(target.url);
    expect(errorsOf(`${name}.request`, requests[name])).toEqual([]);
    const reply = await client.ask(requests[name]);
    expect(errorsOf("Reply", reply)).toEqual([]);
    expect(errorsOf(`${name}.success`, reply)).toEqual([]);
  });

  test.for([
    ["Request", "[]"],
    ["Request", '{"action":""}'],
    ["Request", `{"action":"echo","requestId":"${"x".repeat(129)}"}`],
    ["uppercase.request", '{"action":"uppercase"}'],
    ["uppercase.request", '{"action":"uppercase","data":{"text":1}}'],
  ] as const)(
    "to messages that %s rejects match the schema of error frames: %s",
    async ([definition, text]) => {
      expect(errorsOf(definition, JSON.parse(text))).not.toEqual([]);
      const client = await connect(target.url);
      const reply = await client.ask(text);
      expect(reply.status).toBe("error");
      expect(errorsOf("Reply", reply)).toEqual([]);
      expect(errorsOf("Failure", reply)).toEqual([]);
    },
  );
});
