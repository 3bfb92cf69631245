import { Ajv2020 } from "ajv/dist/2020.js";
import * as v from "valibot";
import { expect, expectTypeOf, test } from "vitest";
import { type ActionTypes, defineAction } from "../../functions/processor/action.ts";
import { runForTest } from "../../functions/processor/testing.ts";
import { asyncApi } from "./asyncapi.ts";
import { definitions } from "./protocol-schema.ts";
import type { Schemas } from "./results.ts";

const actions = {
  countdown: defineAction({
    input: v.object({ from: v.number() }),
    async *run({ from }) {
      for (let left = from; left > 0; left -= 1) yield { left };
      return "lift-off";
    },
  }),
  double: defineAction({ input: v.number(), run: (number) => 2 * number }),
};

const results: Schemas<ActionTypes<typeof actions>, "result"> = {
  countdown: v.string(),
  double: v.number(),
};
const progress: Schemas<ActionTypes<typeof actions>, "progress"> = {
  countdown: v.object({ left: v.number() }),
};
const registry = { actions, results, progress };

const ajv = new Ajv2020();
ajv.addSchema({ $id: "protocol", $defs: definitions("draft-2020-12", "#/$defs", registry) });
const isValid = (definition: string, frame: unknown) =>
  ajv.validate(`protocol#/$defs/${definition}`, JSON.parse(JSON.stringify(frame)));

test("the frames of a streaming action match its definitions", async () => {
  const { progress: frames, reply } = await runForTest(actions, "countdown", { from: 2 });
  const definitionsOf = (frame: unknown) =>
    Object.keys(definitions("draft-2020-12", "", registry)).filter((name) => isValid(name, frame));
  const ofProgress = ["Request", "Frame", "Progress", "countdown.progress"];
  const ofReply = ["Request", "Frame", "Reply", "Success", "countdown.success"];
  expect([...frames, reply].map(definitionsOf)).toEqual([ofProgress, ofProgress, ofReply]);
});

test.for([
  ["a value that the action does not yield", { progress: { left: "1" } }],
  ["no value", { progress: undefined }],
  ["another action", { action: "double" }],
  ["a negative sequence", { sequence: -1 }],
  ["a fractional sequence", { sequence: 0.5 }],
  ["no sequence", { sequence: undefined }],
  ["the status of a reply", { status: "success" }],
])("a progress frame of an action does not have %s", async ([, change]) => {
  const frames = await runForTest(actions, "countdown", { from: 1 });
  expect(isValid("countdown.progress", Object.assign({}, frames.progress[0], change))).toBe(false);
});

test("without a schema for its action, a progress frame can have any value or none", () => {
  expect(definitions("draft-2020-12", "#/$defs", registry)).not.toHaveProperty(["double.progress"]);
  const frame = { action: "double", status: "progress", sequence: 0, requestId: "1" };
  for (const value of [undefined, null, 1, [{}]])
    expect(isValid("Progress", { ...frame, progress: value })).toBe(true);
});

test("the compiler compares schemas with the types of returned and yielded values", () => {
  type Allowed<Member extends "result" | "progress"> = Schemas<ActionTypes<typeof actions>, Member>;
  expectTypeOf({ countdown: v.object({ left: v.number() }) }).toExtend<Allowed<"progress">>();
  expectTypeOf({ countdown: v.object({ left: v.string() }) }).not.toExtend<Allowed<"progress">>();
  // It does not stream.
  expectTypeOf({ double: v.number() }).not.toExtend<Allowed<"progress">>();
  expectTypeOf({ double: v.number() }).toExtend<Allowed<"result">>();
  expectTypeOf({ countdown: v.object({ left: v.number() }) }).not.toExtend<Allowed<"result">>();
});

test.for([
  ["countdown", ["countdown.progress", "countdown.success", "Failure"]],
  ["double", ["Progress", "double.success", "Failure"]],
  ["ping", ["ping.success", "Failure"]],
] as const)("in AsyncAPI, the reply to %s is one of %j", ([name, messages]) => {
  expect(asyncApi("1.0.0", registry)).toHaveProperty(
    ["operations", name, "reply", "messages"],
    messages.map((each) => ({ $ref: `#/channels/connection/messages/${each}` })),
  );
});
