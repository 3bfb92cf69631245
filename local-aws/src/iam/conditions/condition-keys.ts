/**
 * Returns the values of a condition key in a request: an empty list if the request has none, or undefined
 * if the local AWS does not know the key. The names of keys are case-insensitive.
 */
export type ConditionKeys = (key: string) => readonly string[] | undefined;

/** Combines several sources of keys. The first one that knows a key is used. */
export const firstKnown =
  (...keys: readonly ConditionKeys[]): ConditionKeys =>
  (key) => {
    for (const each of keys) {
      const values = each(key);
      if (values !== undefined) return values;
    }
    return undefined;
  };

/** Returns keys by name. A key with the value undefined is not known. */
export function keysOf(values: Readonly<Record<string, string | undefined>>): ConditionKeys {
  const known = new Map(Object.entries(values).map(([key, value]) => [key.toLowerCase(), value]));
  return (key) => {
    const value = known.get(key.toLowerCase());
    return value === undefined ? undefined : [value];
  };
}

/**
 * The keys that no request to the local AWS has: those of organizations, VPCs, federated identities, and
 * calls between services.
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
