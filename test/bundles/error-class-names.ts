/**
 * Prints the name of every class of errors that exists in a process once it has loaded the bundle
 * named by its argument, as JSON.
 */
import { readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { createRequire } from "node:module";
import { compileFunction } from "node:vm";

const [bundle = ""] = process.argv.slice(2);
// Beside our package.json, which says "module", its ending makes it an ES module; on Lambda it isn't.
const load = compileFunction(readFileSync(bundle, "utf8"), ["require", "module"]);
const loaded = { exports: {} };
load(createRequire(bundle), loaded);
// Or the garbage collection that goes before the query would take it all away.
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
