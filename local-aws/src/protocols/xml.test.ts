import { expect, test } from "vitest";
import { element } from "./xml.ts";

test("lists have an element around their members, but flattened lists do not", () => {
  const flattened = {
    Names: { name: "Name" },
    Tags: { name: "Tag", entry: ["Key", "Value"] },
  } as const;
  const content = {
    List: ["a"],
    Names: ["b", "c"],
    Tags: { stage: "d", Names: "e" },
    None: undefined,
  };
  expect(element("Result", content, { flattened })).toBe(
    "<Result><List><member>a</member></List><Name>b</Name><Name>c</Name>" +
      "<Tag><Key>stage</Key><Value>d</Value></Tag><Tag><Key>Names</Key><Value>e</Value></Tag></Result>",
  );
  expect(element("Result", { Names: [], Tags: {} }, { flattened })).toBe("<Result></Result>");
});

test("a flattened member can be inside another one", () => {
  const flattened = { Messages: { name: "Message" }, Names: { name: "Name" } };
  expect(element("Result", { Messages: [{ Names: ["a"] }] }, { flattened })).toBe(
    "<Result><Message><Name>a</Name></Message></Result>",
  );
});

test("an XML parser can read every text", () => {
  expect(element("a", '<&>"\r\n\t\u{1f600}\u0000\u001b\ufffe\ud800')).toBe(
    "<a>&lt;&amp;&gt;&quot;&#13;\n\t\u{1f600}\ufffd\ufffd\ufffd\ufffd</a>",
  );
});
