/**
 * The values that a request has for a condition key: an empty list if it has none, undefined if the local
 * AWS does not know. The names of keys are case-insensitive.
 */
export type ConditionKeys = (key: string) => readonly string[] | undefined;

/** Combines keys. The first that knows a key counts. */
export const firstKnown =
  (...keys: readonly ConditionKeys[]): ConditionKeys =>
  (key) => {
    for (const each of keys) {
      const values = each(key);
      if (values !== undefined) return values;
    }
    return undefined;
  };

/** Keys by name; a value of undefined is not known. */
export function keysOf(values: Readonly<Record<string, string | undefined>>): ConditionKeys {
  const known = new Map(Object.entries(values).map(([key, value]) => [key.toLowerCase(), value]));
  return (key) => {
    const value = known.get(key.toLowerCase());
    return value === undefined ? undefined : [value];
  };
}

/**
 * The keys that no request to the local AWS has: those of organizations, VPCs, federated identities, and
 * of calls that a service makes for another one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export const absentKeys: ConditionKeys = (key) => (ABSENT.has(key.toLowerCase()) ? [] : undefined);

const ABSENT: ReadonlySet<string> = new Set(
  [
    ...["CalledVia", "CalledViaFirst", "CalledViaLast", "FederatedProvider", "SourceIdentity"],
    ...["MultiFactorAuthAge", "PrincipalOrgID", "PrincipalOrgPaths", "ResourceOrgID"],
    ...["ResourceOrgPaths", "SourceOrgID", "SourceOrgPaths", "SourceVpc", "SourceVpcArn"],
    ...["SourceVpce", "VpceAccount", "VpceOrgID", "VpceOrgPaths", "VpcSourceIp"],
  ].map((name) => `aws:${name.toLowerCase()}`),
);
