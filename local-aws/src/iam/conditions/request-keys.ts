import { parseArn } from "../../arn.ts";
import type { Clock } from "../../clock.ts";
import type { Caller, RequestFacts } from "../../protocols/caller.ts";
import type { State } from "../../state.ts";
import type { Role } from "../state.ts";
import { userIdOf } from "../user-id.ts";
import { absentKeys, type ConditionKeys, firstKnown, keysOf } from "./condition-keys.ts";

/**
 * Returns the condition keys of a request that a session of a role makes.
 * @param request undefined if the local AWS itself acts for the role.
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
    // Our choice: the local AWS has no TLS, but the same request to AWS has.
    "aws:SecureTransport": "true",
    "aws:SourceIp": request?.sourceIp,
    "aws:UserAgent": request?.headers["user-agent"],
    "aws:userid": userIdOf(state, caller),
    "aws:ViaAWSService": "false",
  });
  return firstKnown(keys, principalTags(role), absentOfSessions, absentKeys);
}

/** Requests that a role signs have no source other than the role, and no name of a user. */
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
