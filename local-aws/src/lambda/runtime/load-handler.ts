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

/** The module of a handler, as the handler's name has it. */
interface ModuleName {
  taskRoot: string;
  /** Relative to the task root, with `/` at the end. Empty: the task root. */
  folder: string;
  /** Without an extension. */
  name: string;
  /** The folder and the name. */
  path: string;
}

/** Loads a module. Returns the objects that can have the handler, the first one first. */
export type ModuleLoader = (module: ModuleName) => Promise<unknown[]>;

/**
 * Loads the function that `_HANDLER` names: `folder/index.handler` is the export `handler` of the file
 * `folder/index` in the task root, or of `index.js`, `index.mjs` or `index.cjs` in this order, or else of
 * the package `index`.
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
  const [, module, exportPath] = /^([^.]*)\.(.*)$/.exec(moduleAndExport) ?? [];
  if (module === undefined || exportPath === undefined)
    throw new MalformedHandlerName("Bad handler");

  const path = resolve(taskRoot, folder, module);
  const loaded = await withRuntimeErrors(() => load({ taskRoot, folder, name: module, path }));
  const handler = loaded
    .map((exported) => exportPath.split(".").reduce(memberOf, exported))
    .find(Boolean);
  if (!handler) throw new HandlerNotFound(`${name} is undefined or not exported`);
  if (typeof handler !== "function") throw new HandlerNotFound(`${name} is not a function`);
  return handler as Handler;
}

const memberOf = (value: unknown, name: string): unknown =>
  value ? (value as Record<string, unknown>)[name] : undefined;

/** Imports files, as Lambda does since Node.js 24. The exports of CommonJS are a default export. */
export const importModule: ModuleLoader = async (module) => {
  for (const extension of ["", ".js", ".mjs", ".cjs"]) {
    const imported = await importFile(module.path + extension);
    if (imported) return withDefault(imported);
  }
  return withDefault(requirePackage(module));
};

/** Requires CommonJS, as Lambda does up to Node.js 22. A module without a value is passed over. */
export const requireOrImport: ModuleLoader = async (module) => {
  const { path } = module;
  const isModule = existsSync(`${path}.js`) && isInModulePackage(dirname(path), module.taskRoot);
  return [
    requireFile(path) ||
      (isModule ? await importFile(`${path}.js`) : requireFile(`${path}.js`)) ||
      (await importFile(`${path}.mjs`)) ||
      requireFile(`${path}.cjs`) ||
      requirePackage(module),
  ];
};

/** Requires as the file of Lambda's runtime does, which is in the stacks of modules that are not found. */
const runtimeRequire = createRequire("/var/runtime/index.mjs");

const requireFile = (file: string): unknown =>
  existsSync(file) ? runtimeRequire(file) : undefined;

const importFile = async (file: string): Promise<unknown> =>
  existsSync(file) ? await import(pathToFileURL(file).href) : undefined;

/** Requires a folder with an index, a JSON file, or a package in `node_modules`. */
const requirePackage = ({ taskRoot, folder, name }: ModuleName): unknown =>
  runtimeRequire(runtimeRequire.resolve(name, { paths: [taskRoot, resolve(taskRoot, folder)] }));

const withDefault = (exported: unknown): unknown[] => [exported, memberOf(exported, "default")];

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

/** Returns whether a `.js` file in the folder is an ES module: the nearest `package.json` decides. */
function isInModulePackage(folder: string, taskRoot: string): boolean {
  if (basename(folder) === "node_modules") return false;
  const manifest = join(folder, "package.json");
  if (existsSync(manifest))
    try {
      const content: { type?: unknown } | null = JSON.parse(readFileSync(manifest, "utf8"));
      if (content) return content.type === "module";
    } catch (error) {
      const ignored = `${manifest} cannot be read, it will be ignored for ES module detection purposes.`;
      console.warn(ignored, error);
      return false;
    }
  const isOutermost = folder === resolve(taskRoot) || folder === dirname(folder);
  return !isOutermost && isInModulePackage(dirname(folder), taskRoot);
}
