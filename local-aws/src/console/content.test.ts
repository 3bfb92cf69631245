import { expect, test } from "vitest";
import { createFrameReader, formatFrame } from "./page/content.ts";

const read = createFrameReader({
  messageName: "action",
  requestId: "id",
  content: ["result", "data"],
});

test.for([
  ["the value of a content member", { action: "a", status: "ok", result: [1], id: "i" }, "[1]"],
  [
    "the value of the first content member",
    { data: 1, action: "a", result: null, id: "i" },
    "null",
  ],
  ["the other members", { action: "a", id: "i", more: 1 }, '{"more":1}'],
  ["nothing, if there are no other members", { action: "a", id: "i" }, ""],
])("a frame is read as its name, its ID and %s", ([, frame, text]) => {
  expect(read(JSON.stringify(frame))).toEqual({ name: "a", id: "i", text });
});

test.for(["no JSON", "[1]", "null", '"a"', '{"other":{"action":"a"}}'])(
  "a frame without these members is shown unchanged: %s",
  (text) => {
    expect(read(text)).toEqual({ name: "", id: "", text });
  },
);

test("members of other types are not names", () => {
  expect(read('{"action":1,"id":{}}')).toMatchObject({ name: "", id: "" });
});

test("the name is read from the beginning of a long frame", () => {
  expect(read('{"action":"a","data":"cut')).toMatchObject({ name: "a", id: "" });
});

test("a long text is cut, and without names a row shows the whole frame", () => {
  expect(read("x".repeat(1000)).text).toHaveLength(301);
  const plain = createFrameReader({ messageName: null, requestId: null, content: [] });
  expect(plain('{"action":"a"}')).toEqual({ name: "", id: "", text: '{"action":"a"}' });
});

test("JSON is formatted in several lines, and other text is unchanged", () => {
  expect(formatFrame('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(formatFrame("no JSON")).toBe("no JSON");
});
