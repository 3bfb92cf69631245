/** Reads the dependency graph of a configuration. */

/**
 * The dependencies of the parts of a configuration, through locals, variables and the outputs of modules.
 * Addresses have no index, such as `module.chat.aws_lambda_function.this`.
 */
export interface DependencyGraph {
  /** The addresses of all resources, including data sources. */
  resources: readonly string[];
  /**
   * Returns the resources that a resource, a local, a variable or an output depends on, through locals,
   * variables and outputs, but not through other resources.
   */
  dependenciesOf(address: string): ReadonlySet<string>;
}

/** Matches an edge in the DOT language. Terraform escapes the quotes in a name. */
const EDGE = /^\s*"((?:[^"\\]|\\.)*)" -> "((?:[^"\\]|\\.)*)"/gm;
const NODE = /^\s*"((?:[^"\\]|\\.)*)" \[label/gm;
const RESOURCE =
  /^(?:module\.[^.]+\.)*(?:data\.)?(?!(?:var|local|output|module|data)\.)[^.[\]" ]+\.[^. ]+$/;

/**
 * Reads a graph.
 * @param output the output of `terraform graph -type=plan`.
 */
export function readGraph(output: string): DependencyGraph {
  const edges = new Map<string, string[]>();
  const nodes = new Set<string>();
  for (const [, node = ""] of output.matchAll(NODE)) nodes.add(addressOf(node));
  for (const [, from = "", to = ""] of output.matchAll(EDGE)) {
    const targets = edges.get(addressOf(from)) ?? [];
    edges.set(addressOf(from), targets);
    targets.push(addressOf(to));
    nodes.add(addressOf(from)).add(addressOf(to));
  }
  return {
    resources: [...nodes].filter(isResource).toSorted(),
    dependenciesOf(address) {
      const found = new Set<string>();
      const visited = new Set<string>();
      const visit = (node: string) => {
        for (const next of edges.get(node) ?? []) {
          if (isResource(next)) found.add(next);
          // A provider depends on the resources that configure it. With a target, Terraform applies them,
          // too.
          else if (!visited.has(next) && !next.startsWith("provider[")) {
            visited.add(next);
            visit(next);
          }
        }
      };
      visit(address);
      return found;
    },
  };
}

const addressOf = (node: string) => node.replace(/^\[root\] /, "").replace(/ \(expand\)$/, "");

export const isResource = (address: string): boolean => RESOURCE.test(address);
