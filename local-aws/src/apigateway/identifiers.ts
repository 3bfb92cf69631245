import { randomInt } from "node:crypto";
import { AwsError } from "../protocols/aws-error.ts";
import { regionOf, type State } from "../state.ts";
import type { Api, DomainName } from "./state.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/**
 * Returns a new ID, as API Gateway creates it: 10 characters for an API, 6 for an authorizer, 7 for other
 * parts of an API.
 */
export const newId = (length: 6 | 7 | 10): string =>
  Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");

/** @throws {AwsError} 404 NotFoundException. */
export function findApi(state: State, region: string, apiId: string): Api {
  const { apis } = regionOf(state, region).apigateway;
  return find(apis, apiId, `Invalid API identifier specified ${state.accountId}:${apiId}`);
}

/** Returns the APIs of all regions that have a stage with this name. */
export const apisWithStage = (state: State, stageName: string): Api[] =>
  Object.values(state.regions)
    .flatMap(({ apigateway }) => Object.values(apigateway.apis))
    .filter(({ stages }) => Object.hasOwn(stages, stageName));

/** @throws {AwsError} 404 NotFoundException. */
export function findDomainName(state: State, region: string, domainName: string): DomainName {
  const { domainNames } = regionOf(state, region).apigateway;
  return find(domainNames, domainName, "Invalid domain name identifier specified");
}

/**
 * Returns a part of an API by its ID.
 *
 * The messages for routes and authorizers were captured on AWS. Our choice: the other kinds have the same
 * message.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/apigateway/websocket_authorizer_admission.json
 * @throws {AwsError} 404 NotFoundException.
 */
export const findPart = <Part>(parts: Record<string, Part>, kind: string, id: string): Part =>
  find(parts, id, `Invalid ${kind} identifier specified`);

function find<Found>(record: Record<string, Found>, id: string, otherwise: string): Found {
  const found = Object.hasOwn(record, id) ? record[id] : undefined;
  if (found === undefined) throw new AwsError(404, "NotFoundException", otherwise);
  return found;
}

export const badRequest = (message: string) => new AwsError(400, "BadRequestException", message);

export const conflict = (message: string) => new AwsError(409, "ConflictException", message);
