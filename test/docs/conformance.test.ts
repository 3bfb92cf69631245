import { join } from "node:path";
import { expect, test } from "vitest";
import { countTable, rowCount } from "../conformance/counts.ts";
import { readDocument, ROOT } from "./markdown.ts";

/** The documents that contain the number of rows of the conformance suite, and the position in each. */
test.each([
  {
    document: "README.md",
    place: /(?<=checks )\d+(?= known behaviors of AWS)/,
    expected: String(rowCount),
  },
  {
    document: "local-aws/README.md",
    place: /^\| rows about.+\n(?:\|.+\n)+/m,
    expected: countTable(),
  },
])(
  "$document has the current number of rows (update it with -u)",
  async ({ document, place, expected }) => {
    const text = readDocument(document);
    expect(text).toMatch(place);
    await expect(text.replace(place, expected)).toMatchFileSnapshot(join(ROOT, document));
  },
);
