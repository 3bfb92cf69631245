/** Finds the resources that the WebSocket APIs of a folder reach, by a plan of Terraform. */
import { join } from "node:path";
import { UsageError } from "../command-options.ts";
import { readGraph } from "./dependency-graph.ts";
import { type Reachability, reachabilityOf } from "./reachability.ts";
import { expectSuccess, type Session } from "./session.ts";

/**
 * Plans only the APIs, because the local AWS may not implement data sources of other resources.
 * @param variables arguments for Terraform.
 * @throws {UsageError} if the folder has no WebSocket API.
 */
export async function findReachability(
  { terraform, work }: Session,
  variables: readonly string[],
): Promise<Reachability> {
  const run = async (command: string, ...args: string[]) => {
    const result = await terraform.run([command, ...args]);
    expectSuccess(command, result);
    return result.stdout;
  };
  const graph = readGraph(await run("graph", "-type=plan"));
  const apis = graph.resources.filter((address) => /(^|\.)aws_apigatewayv2_api\./.test(address));
  if (apis.length === 0) throw new UsageError("The folder has no WebSocket API.");
  const plan = join(work.directory, "zzz_local_aws.tfplan");
  const targets = targetsOf(apis);
  await run("plan", "-input=false", "-no-color", `-out=${plan}`, ...variables, ...targets);
  const reachability = reachabilityOf(await run("show", "-json", plan), graph);
  if (reachability.reached.length === 0) throw new UsageError("The folder has no WebSocket API.");
  return reachability;
}

export const targetsOf = (addresses: readonly string[]): string[] =>
  addresses.map((address) => `-target=${address}`);
