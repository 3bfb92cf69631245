import { parseArn } from "../../arn.ts";
import type { Clock } from "../../clock.ts";
import type { Caller, RequestFacts } from "../../protocols/caller.ts";
import type { State } from "../../state.ts";
import type { Role } from "../state.ts";
import { userIdOf } from "../user-id.ts";
import { absentKeys, type ConditionKeys, firstKnown, keysOf } from "./condition-keys.ts";

/**
 * Returns the condition keys of a request by a session of a role.
 * @param request undefined if the local AWS itself acts on behalf of the role.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function requestKeys(options: {
  state: State;
  clock: Clock;
  caller: Caller;
  role: Role;
  resource: string;
  request: RequestFacts | undefined;
}): ConditionKeys {
  const { state, clock, caller, role, resource, request } = options;
  const { region, accountId } = parseArn(resource) ?? {};
  const keys = keysOf({
    "aws:CurrentTime": new Date(clock.now()).toISOString(),
    "aws:EpochTime": String(Math.floor(clock.now() / 1000)),
    "aws:MultiFactorAuthPresent": "false",
    "aws:PrincipalAccount": state.accountId,
    "aws:PrincipalArn": role.Arn,
    "aws:PrincipalIsAWSService": "false",
    "aws:PrincipalType": "AssumedRole",
    "aws:RequestedRegion": request?.region ?? (region || undefined),
    "aws:ResourceAccount": accountId || undefined,
    // Our choice: the value is true although the local AWS does not use TLS, because the same request to
    // AWS does.
    "aws:SecureTransport": "true",
    "aws:SourceIp": request?.sourceIp,
    "aws:UserAgent": request?.headers["user-agent"],
    "aws:userid": userIdOf(state, caller),
    "aws:ViaAWSService": "false",
  });
  return firstKnown(keys, principalTags(role), absentOfSessions, absentKeys);
}

/** Requests that are signed by a role have no other source than the role, and no user name. */
const absentOfSessions: ConditionKeys = (key) =>
  /^aws:(source(arn|account)|username|principalservicename(slist)?)$/i.test(key) ? [] : undefined;

const TAG = "aws:principaltag/";

const principalTags =
  ({ Tags }: Role): ConditionKeys =>
  (key) => {
    if (!key.toLowerCase().startsWith(TAG)) return undefined;
    const name = key.slice(TAG.length).toLowerCase();
    return Object.entries(Tags).flatMap(([tag, value]) =>
      tag.toLowerCase() === name ? value : [],
    );
  };
