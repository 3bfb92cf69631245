/** The parts of the output of `terraform show -json` that these commands read. */
import * as v from "valibot";

const Values = v.optional(v.record(v.string(), v.unknown()), {});

const Resource = v.object({
  address: v.string(),
  type: v.string(),
  values: Values,
});

/** A resource with the planned or applied values of its attributes. */
export type ResourceValues = v.InferOutput<typeof Resource>;

interface Module {
  resources: ResourceValues[];
  child_modules: Module[];
}

const Module: v.GenericSchema<unknown, Module> = v.object({
  resources: v.optional(v.array(Resource), []),
  child_modules: v.optional(v.array(v.lazy(() => Module)), []),
});

const Root = v.object({ root_module: v.optional(Module, {}) });
const State = v.object({ values: v.optional(Root, {}) });

/**
 * Returns the resources of the state, including those of child modules and data sources.
 * @param output the output of `terraform show -json`.
 */
export const resourcesOfState = (output: string): ResourceValues[] =>
  resourcesIn(v.parse(State, JSON.parse(output)).values.root_module);

export const resourcesIn = (module: Module): ResourceValues[] => [
  ...module.resources,
  ...module.child_modules.flatMap((child) => resourcesIn(child)),
];

/** The module in `planned_values` or `values`. */
export const ModuleValues = Root;
