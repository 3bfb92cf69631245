import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  HandlerNotFound,
  ImportModuleError,
  MalformedHandlerName,
  UserCodeSyntaxError,
} from "./function-errors.ts";

export type Handler = (event: unknown, context: object, callback?: Callback) => unknown;
export type Callback = (error?: unknown, result?: unknown) => void;

/** Loads a module of the task root. Returns the objects that can have the handler, the first one first. */
export type ModuleLoader = (file: string, taskRoot: string) => Promise<unknown[]>;

/**
 * Loads the function that `_HANDLER` names: `folder/index.handler` is the export `handler` of
 * `folder/index.js`, `.mjs` or `.cjs` in the task root.
 * @throws the errors of Lambda's runtime, with their names and messages, and every error of the
 * module.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export async function loadHandler(load: ModuleLoader): Promise<Handler> {
  const { LAMBDA_TASK_ROOT: taskRoot = "", _HANDLER: name = "" } = process.env;
  if (name.includes(".."))
    throw new MalformedHandlerName(
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  const moduleAndExport = basename(name);
  const folder = name.slice(0, name.indexOf(moduleAndExport));
  const [, moduleName, exportPath] = /^([^.]*)\.(.*)$/.exec(moduleAndExport) ?? [];
  if (moduleName === undefined || exportPath === undefined)
    throw new MalformedHandlerName("Bad handler");

  const file = fileOf(join(taskRoot, folder, moduleName));
  const loaded = await withRuntimeErrors(() => {
    if (file === undefined) throw moduleNotFound(moduleName);
    return load(file, taskRoot);
  });
  const handler = loaded
    .map((exported) => exportPath.split(".").reduce(memberOf, exported))
    .find(Boolean);
  if (!handler) throw new HandlerNotFound(`${name} is undefined or not exported`);
  if (typeof handler !== "function") throw new HandlerNotFound(`${name} is not a function`);
  return handler as Handler;
}

const memberOf = (value: unknown, name: string): unknown =>
  value ? (value as Record<string, unknown>)[name] : undefined;

/** Imports every module, as Lambda does since Node.js 24. The exports of CommonJS are a default export. */
export const importModule: ModuleLoader = async (file) => {
  const module: unknown = await import(pathToFileURL(file).href);
  return [module, memberOf(module, "default")];
};

/** Requires CommonJS, as Lambda does up to Node.js 22. */
export const requireOrImport: ModuleLoader = async (file, taskRoot) => [
  isModule(taskRoot, file) ? await import(pathToFileURL(file).href) : createRequire(file)(file),
];

const fileOf = (path: string): string | undefined =>
  [".js", ".mjs", ".cjs"].map((extension) => path + extension).find((file) => existsSync(file));

async function withRuntimeErrors<Result>(load: () => Promise<Result>): Promise<Result> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserCodeSyntaxError(String(error));
    if (error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND")
      throw new ImportModuleError(String(error));
    throw error;
  }
}

/** In the words of Node.js, which are those of Lambda, as its runtime requires the module. */
const moduleNotFound = (name: string) =>
  Object.assign(
    new Error(`Cannot find module '${name}'\nRequire stack:\n- /var/runtime/index.mjs`),
    { code: "MODULE_NOT_FOUND" },
  );

/** `.js` is what the nearest package.json says. */
function isModule(taskRoot: string, file: string): boolean {
  if (!file.endsWith(".js")) return file.endsWith(".mjs");
  for (let folder = dirname(file); ; folder = resolve(folder, "..")) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) {
      const { type }: { type?: unknown } = JSON.parse(readFileSync(manifest, "utf8"));
      return type === "module";
    }
    if (folder === resolve(taskRoot) || folder === resolve(folder, "..")) return false;
  }
}
