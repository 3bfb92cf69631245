import { describe, expect, test } from "vitest";
import { createChat, createTestGateway } from "./testing.ts";

const model = { name: "message", schema: "{}" };

describe("models", () => {
  test("have unique names of letters and digits", async () => {
    const gateway = createTestGateway();
    const { path } = await createChat(gateway);
    const create = (name: string) => gateway.call("POST", `${path}/models`, { ...model, name });
    expect(await create("message")).toMatchObject({ status: 201 });
    expect(await create("message")).toMatchObject({ status: 409, error: "ConflictException" });
    expect(await create("a-message")).toMatchObject({
      status: 400,
      error: "BadRequestException",
      output: { message: expect.stringContaining("alphanumeric") },
    });
  });

  test("can be deleted only when no route uses them", async () => {
    const gateway = createTestGateway();
    const { path, routeId } = await createChat(gateway);
    const { output } = await gateway.call("POST", `${path}/models`, model);
    const one = `${path}/models/${String(output["modelId"])}`;
    const use = (requestModels: object) =>
      gateway.call("PATCH", `${path}/routes/${routeId}`, { requestModels });
    expect(await use({ $default: "absent" })).toMatchObject({
      status: 400,
      output: { message: "Invalid model identifier specified: absent" },
    });
    expect(await use({ $default: "message" })).toMatchObject({ status: 201 });
    expect(await gateway.call("DELETE", one)).toMatchObject({ status: 409 });
    expect((await use({})).output).not.toHaveProperty("requestModels");
    expect(await gateway.call("DELETE", one)).toMatchObject({ status: 204 });
  });
});

test.each([
  { settings: { modelSelectionExpression: "action" }, named: "modelSelectionExpression" },
  {
    settings: { requestParameters: { "route.request.header.a": { required: true } } },
    named: "requestParameters.required",
  },
  { settings: { apiKeyRequired: true }, named: "apiKeyRequired" },
])(
  "a setting of a route that rejects messages of clients is not implemented: $named",
  async ({ settings, named }) => {
    const gateway = createTestGateway();
    const { path } = await createChat(gateway);
    const input = { routeKey: "$default", ...settings };
    expect(await gateway.call("POST", `${path}/routes`, input)).toMatchObject({
      status: 501,
      output: { message: expect.stringContaining(named) },
    });
  },
);
