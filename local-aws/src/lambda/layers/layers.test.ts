/** Functions with layers. */
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { strToU8, type Zippable, zipSync } from "fflate";
import { expect, onTestFinished, test } from "vitest";
import { createTaskRoots } from "../environment/task-roots.ts";
import type { LambdaFunction } from "../state.ts";
import { useLambda, zipOf } from "../testing.ts";

const lambda = useLambda();

/** Creates a package that exports a text. */
const packageOf = (name: string, text: string) => ({
  [`nodejs/node_modules/${name}/index.js`]: `module.exports = ${JSON.stringify(text)};`,
});

function define(
  name: string,
  source: string | Record<string, string>,
  layers: string[],
  configuration: Partial<LambdaFunction["configuration"]> = {},
): LambdaFunction {
  const target = lambda().define(name, source, configuration);
  target.layers = layers;
  return target;
}

const USERS: Record<string, string> = {
  "index.js": `exports.handler = async () => require("greeting") + require("@aws-sdk/client-lambda");`,
  "index.mjs": `
    import greeting from "greeting";
    import sdk from "@aws-sdk/client-lambda";
    export const handler = async () => greeting + sdk;`,
};

test.for(Object.keys(USERS))(
  "a function in %s finds packages of its layers before those of the runtime",
  async (file) => {
    const name = `layers-${file.replace(".", "-")}`;
    const layer = zipOf({
      ...packageOf("greeting", "hello "),
      ...packageOf("@aws-sdk/client-lambda", "SDK of the layer"),
    });
    define(name, { [file]: USERS[file] ?? "" }, [layer]);
    expect((await lambda().invoke(name)).payload).toBe("hello SDK of the layer");
  },
);

test("a package of a layer finds other packages of the layers, and the AWS SDK of the runtime", async () => {
  const code = `
    const { LambdaClient } = require("@aws-sdk/client-lambda");
    module.exports = [typeof LambdaClient, require("first")];`;
  define("between-layers", "exports.handler = async () => require('second');", [
    zipOf(packageOf("first", "first")),
    zipOf({ "nodejs/node_modules/second/index.js": code }),
  ]);
  expect((await lambda().invoke("between-layers")).payload).toEqual(["function", "first"]);
});

test("the packages of the function come first, then those for the version of Node.js", async () => {
  const layer = zipOf({
    ...packageOf("versioned", "of all versions"),
    "nodejs/node22/node_modules/versioned/index.js": "module.exports = 'of version 22';",
    "nodejs/node20/node_modules/versioned/index.js": "module.exports = 'of version 20';",
    ...packageOf("own", "of the layer"),
  });
  const files = {
    "index.js": "exports.handler = async () => [require('versioned'), require('own')];",
    "node_modules/own/index.js": "module.exports = 'of the function';",
  };
  define("versions", files, [layer]);
  expect((await lambda().invoke("versions")).payload).toEqual(["of version 22", "of the function"]);
});

test("a later layer overrides the files of an earlier one", async () => {
  const code = `
    const { readFileSync, statSync } = require("node:fs");
    const opt = process.env.LD_LIBRARY_PATH.split(":").at(-1) + "/../";
    exports.handler = async () => [
      readFileSync(opt + "shared", "utf8"), readFileSync(opt + "first", "utf8"),
      readFileSync(opt + "was-folder", "utf8"), readFileSync(opt + "was-file/in", "utf8"),
    ];`;
  const earlier = {
    lib: "",
    shared: "earlier",
    first: "earlier",
    "was-folder/in": "",
    "was-file": "",
  };
  const later = { "lib/in": "", shared: "later", "was-folder": "later", "was-file/in": "later" };
  define("override", code, [zipOf(earlier), zipOf(later)]);
  expect((await lambda().invoke("override")).payload).toEqual([
    "later",
    "earlier",
    "later",
    "later",
  ]);
});

test("environment variables contain the folders of the layers, and programs in bin are found", async () => {
  const code = `
    const { execFileSync } = require("node:child_process");
    exports.handler = async () => ({
      ran: execFileSync("helper-of-the-layer").toString(),
      variables: { ...process.env },
    });`;
  const script = strToU8("#!/bin/sh\nprintf ran");
  const files: Zippable = { "bin/helper-of-the-layer": [script, { os: 3, attrs: 0o100755 << 16 }] };
  define("paths", code, [Buffer.from(zipSync(files)).toString("base64")]);
  const { payload } = await lambda().invoke("paths");
  const { ran, variables } = payload as { ran: string; variables: Record<string, string> };
  const { LAMBDA_TASK_ROOT: root = "", PATH, LD_LIBRARY_PATH, NODE_PATH } = variables;
  const opt = join(dirname(root), "opt");
  expect(ran).toBe("ran");
  expect(PATH).toMatch(`:/bin:${opt}/bin`);
  expect(LD_LIBRARY_PATH).toBe(`${root}:${root}/lib:${opt}/lib`);
  const [version, all, ...others] = NODE_PATH?.split(":") ?? [];
  expect([version, all]).toEqual([
    `${opt}/nodejs/node22/node_modules`,
    `${opt}/nodejs/node_modules`,
  ]);
  expect(others.at(-1)).toBe(root);
});

test("the wrapper script can be in a layer", async () => {
  const script = strToU8('#!/bin/sh\nWRAPPED=yes exec "$@"\n');
  const files: Zippable = { wrapper: [script, { os: 3, attrs: 0o100755 << 16 }] };
  const Environment = { Variables: { AWS_LAMBDA_EXEC_WRAPPER: "/opt/wrapper" } };
  const layer = Buffer.from(zipSync(files)).toString("base64");
  define("wrapper", "exports.handler = async () => process.env.WRAPPED;", [layer], { Environment });
  expect((await lambda().invoke("wrapper")).payload).toBe("yes");
});

test("functions with the same layers share one unpacked copy", async () => {
  const directory = await mkdtemp(join(tmpdir(), "layers-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const roots = createTaskRoots(directory, []);
  const content = { runtime: "nodejs22.x", zipFiles: [zipOf(packageOf("greeting", "hello"))] };
  const zip = (text: string) => Buffer.from(zipOf({ "index.js": text }), "base64");
  const [one, other, without] = await Promise.all([
    roots(zip("1"), content),
    roots(zip("2"), content),
    roots(zip("2")),
  ]);
  expect(other.layers).toEqual(one.layers);
  expect(other.taskRoot).not.toBe(one.taskRoot);
  expect(createRequire(join(other.taskRoot, "index.js"))("greeting")).toBe("hello");
  expect(without.layers).toBeUndefined();
  expect(() => createRequire(join(without.taskRoot, "index.js"))("greeting")).toThrow("greeting");
});
