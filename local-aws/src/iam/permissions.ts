import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import type { Caller, RequestFacts } from "../protocols/caller.ts";
import type { State } from "../state.ts";
import { reportUnknown } from "./conditions/condition.ts";
import { requestKeys } from "./conditions/request-keys.ts";
import {
  evaluateRules,
  type Decision,
  decide,
  parseIdentityPolicy,
  type Rule,
  combine,
} from "./identity-policy.ts";
import { documentOf } from "./managed-policies/managed-policy.ts";
import { decideByResource, parseResourcePolicy } from "./resource-policy.ts";
import { findRole } from "./roles.ts";
import type { Role } from "./state.ts";

/**
 * The maximum number of cached results of a document for one action, because callers can send any number
 * of different resources.
 */
const MAX_RESULTS = 1000;

/** A document and its cached results. */
interface ReadDocument {
  rules: Rule[];
  /** By action and resource. */
  results: Map<string, Map<string, ReturnType<typeof evaluateRules>>>;
  /** The conditions about which a warning was printed. */
  reported: Set<string>;
}

/** The policy of a resource, and the conditions about which a warning was printed. */
interface ReadResourcePolicy {
  rules: ReturnType<typeof parseResourcePolicy>;
  reported: Set<string>;
}

/**
 * Creates the permission checks. An administrator is allowed everything. A role is allowed the actions
 * that its inline and managed policies or the policy of the resource allow.
 *
 * Our choice: this process prints a warning about a condition that cannot be evaluated, once for each
 * document.
 */
export function createPermissions({ state, clock }: { state: State; clock: Clock }) {
  // Each message needs the same eight decisions, so each document is parsed once, and its results are
  // cached.
  const documents = new Map<string, ReadDocument>();

  const read = (document: string): ReadDocument => {
    const known = documents.get(document);
    if (known !== undefined) return known;
    const rules = parseIdentityPolicy(document);
    const added: ReadDocument = { rules, results: new Map(), reported: new Set() };
    documents.set(document, added);
    return added;
  };

  const resultsFor = (action: string, { results }: ReadDocument) => {
    const known = results.get(action);
    if (known !== undefined) return known;
    const added = new Map<string, ReturnType<typeof evaluateRules>>();
    // The number of actions is small, because clients cannot invent operations.
    results.set(action, added);
    return added;
  };

  const cachedResult = (document: string, action: string, resource: string) => {
    const found = read(document);
    const results = resultsFor(action, found);
    const known = results.get(resource);
    if (known !== undefined) return known;
    if (results.size >= MAX_RESULTS) results.clear();
    const result = evaluateRules(found.rules, action, resource);
    results.set(resource, result);
    return result;
  };

  /** The rules of resource-based policies, by the policy. */
  const resourcePolicies = new Map<string, ReadResourcePolicy>();

  const readOfResource = (document: string): ReadResourcePolicy => {
    const known = resourcePolicies.get(document);
    if (known !== undefined) return known;
    const added = { rules: parseResourcePolicy(document), reported: new Set<string>() };
    resourcePolicies.set(document, added);
    return added;
  };

  const warn = (policy: string, reported: Set<string>, conditions: readonly string[]) => {
    const unreported = conditions.filter((condition) => !reported.has(condition));
    if (unreported.length === 0) return;
    for (const condition of unreported) reported.add(condition);
    reportUnknown(policy, unreported);
  };

  const documentsOf = ({ policies, attachedPolicies }: Role): string[] => {
    const documents = Object.values(policies);
    for (const arn of attachedPolicies) {
      const document = documentOf(state.iam, arn);
      if (document !== undefined) documents.push(document);
    }
    return documents;
  };

  /**
   * Returns the decision of the policies of the caller, and that of the policy of the resource.
   * @param resourcePolicy the policy of a resource in the account of the caller. Default: it has none.
   */
  function decisionsFor(
    caller: Caller,
    action: string,
    resource: string,
    request?: RequestFacts,
    resourcePolicy?: string,
  ): { identity: Decision; resource: Decision } {
    // A policy of a resource does not restrict the root user, who must be able to replace a policy that
    // denies everything.
    if (caller.type === "administrator")
      return { identity: "allowed", resource: "implicitly denied" };
    const role = findRole(state, caller.roleName);
    // The credentials of a role are still valid after its deletion, but have no permissions.
    if (role === undefined) return { identity: "implicitly denied", resource: "implicitly denied" };
    const keys = () => requestKeys({ state, clock, caller, role, resource, request });
    const decisions = documentsOf(role).map((document) => {
      const result = cachedResult(document, action, resource);
      if (typeof result === "string") return result;
      return decide(result, keys(), (conditions) =>
        warn(`A policy of the role ${role.Arn}`, read(document).reported, conditions),
      );
    });
    const identity = combine(decisions);
    if (resourcePolicy === undefined) return { identity, resource: "implicitly denied" };
    const { rules, reported } = readOfResource(resourcePolicy);
    const ofResource = decideByResource(
      rules,
      { caller, role, action, resource },
      keys(),
      (conditions) => warn(`The policy of ${resource}`, reported, conditions),
    );
    return { identity, resource: ofResource };
  }

  return {
    /** @param resourcePolicy the policy of the resource, if it has one. */
    allows(caller: Caller, action: string, resource: string, resourcePolicy?: string): boolean {
      const found = decisionsFor(caller, action, resource, undefined, resourcePolicy);
      return combine([found.identity, found.resource]) === "allowed";
    },

    /** @param resourcePolicy the policy of the resource, if it has one. */
    authorize(
      caller: Caller,
      action: string,
      resource: string,
      request?: RequestFacts,
      resourcePolicy?: string,
    ): void {
      const found = decisionsFor(caller, action, resource, request, resourcePolicy);
      if (combine([found.identity, found.resource]) === "allowed") return;
      const reason =
        found.identity === "explicitly denied"
          ? "with an explicit deny in an identity-based policy"
          : found.resource === "explicitly denied"
            ? "with an explicit deny in a resource-based policy"
            : `because no identity-based policy allows the ${action} action`;
      const what = `${action} on resource: ${resource}`;
      const message = `User: ${caller.arn} is not authorized to perform: ${what} ${reason}`;
      throw new AwsError(403, "AccessDeniedException", message);
    },
  };
}
