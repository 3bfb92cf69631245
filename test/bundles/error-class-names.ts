/**
 * Loads the bundle that its argument names, and prints the names of all error classes in the process, as
 * JSON.
 */
import { readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { createRequire } from "node:module";
import { compileFunction } from "node:vm";

const [bundle = ""] = process.argv.slice(2);
// In this repository, the type in package.json makes a .js file an ES module. On Lambda it is CommonJS.
const load = compileFunction(readFileSync(bundle, "utf8"), ["require", "module"]);
const loaded = { exports: {} };
load(createRequire(bundle), loaded);
// Keeps the module alive during the garbage collection before the query.
Object.assign(globalThis, { loaded });

const session = new Session();
session.connect();
const { result } = await session.post("Runtime.evaluate", { expression: "Error.prototype" });
const { objects } = await session.post("Runtime.queryObjects", {
  prototypeObjectId: result.objectId ?? "",
});
const names = await session.post("Runtime.callFunctionOn", {
  ...(objects.objectId !== undefined && { objectId: objects.objectId }),
  functionDeclaration: `function () {
    const isPrototype = (object) => Object.getOwnPropertyDescriptor(object, "constructor")?.value?.prototype === object;
    return this.filter(isPrototype).map(({ constructor }) => constructor.name);
  }`,
  returnByValue: true,
});
console.log(JSON.stringify(names.result.value));
