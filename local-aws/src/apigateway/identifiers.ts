import { randomInt } from "node:crypto";
import { AwsError } from "../protocols/aws-error.ts";
import { regionOf, type State } from "../state.ts";
import type { Api, DomainName } from "./state.ts";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** As API Gateway makes them: 10 characters for an API, 7 for what belongs to one. */
export const newId = (length: 7 | 10): string =>
  Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");

/** @throws {AwsError} 404 NotFoundException. */
export function findApi(state: State, region: string, apiId: string): Api {
  const { apis } = regionOf(state, region).apigateway;
  return find(apis, apiId, `Invalid API identifier specified ${state.accountId}:${apiId}`);
}

/** @throws {AwsError} 404 NotFoundException. */
export function findDomainName(state: State, region: string, domainName: string): DomainName {
  const { domainNames } = regionOf(state, region).apigateway;
  return find(domainNames, domainName, "Invalid domain name identifier specified");
}

/**
 * One of what belongs to an API, by its id.
 * @throws {AwsError} 404 NotFoundException. Our choice: the text, which is known for APIs only.
 */
export const findPart = <Part>(parts: Record<string, Part>, kind: string, id: string): Part =>
  find(parts, id, `Invalid ${kind} identifier specified ${id}`);

function find<Found>(record: Record<string, Found>, id: string, otherwise: string): Found {
  const found = Object.hasOwn(record, id) ? record[id] : undefined;
  if (found === undefined) throw new AwsError(404, "NotFoundException", otherwise);
  return found;
}

/** ISO 8601 in whole seconds, as API Gateway writes a time. */
export const timestamp = (now: number): string =>
  new Date(now).toISOString().replace(/\.\d+Z$/, "Z");

export const badRequest = (message: string) => new AwsError(400, "BadRequestException", message);

export const conflict = (message: string) => new AwsError(409, "ConflictException", message);
