import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export class RuntimeError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export type Handler = (event: unknown, context: object, callback: Callback) => unknown;
export type Callback = (error?: unknown, result?: unknown) => void;

/**
 * Loads the function that `_HANDLER` names, `index.handler`: an export of `index.js`, `.mjs` or
 * `.cjs` in the task root. CommonJS is required rather than imported, as in Lambda's runtime.
 */
export async function loadHandler(taskRoot: string, name: string): Promise<Handler> {
  const dot = name.lastIndexOf(".");
  const [moduleName, exportName] = [name.slice(0, dot), name.slice(dot + 1)];
  const file = [".js", ".mjs", ".cjs"]
    .map((extension) => join(taskRoot, moduleName + extension))
    .find((path) => existsSync(path));
  if (dot < 0 || file === undefined)
    throw new RuntimeError(
      "Runtime.ImportModuleError",
      `Error: Cannot find module '${moduleName}'`,
    );
  const loaded: unknown = file.endsWith(".mjs")
    ? await import(pathToFileURL(file).href)
    : createRequire(file)(file);
  const handler =
    typeof loaded === "object" && loaded !== null
      ? (loaded as Record<string, unknown>)[exportName]
      : undefined;
  if (handler === undefined)
    throw new RuntimeError("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof handler !== "function")
    throw new RuntimeError("Runtime.HandlerNotFound", `${name} is not a function`);
  return handler as Handler;
}
