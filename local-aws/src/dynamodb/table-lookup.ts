import { regionOf, type State } from "../state.ts";
import { tableNotFound } from "./dynamodb-errors.ts";
import type { Table } from "./state.ts";

export const tableArn = (state: State, region: string, name: string): string =>
  `arn:aws:dynamodb:${region}:${state.accountId}:table/${name}`;

/** Returns the ARN of the table that a request names by its name or its ARN, even if it does not exist. */
export const arnOf = (state: State, region: string, nameOrArn: string): string =>
  nameOrArn.startsWith("arn:") ? nameOrArn : tableArn(state, region, nameOrArn);

/** Finds the table of a region that a request names by its name or its ARN. */
export function tableIn(state: State, region: string, nameOrArn: string): Table | undefined {
  const arn = arnOf(state, region, nameOrArn);
  const name = arn.slice(arn.indexOf("/") + 1);
  const { tables } = regionOf(state, region).dynamodb;
  const table = Object.hasOwn(tables, name) ? tables[name] : undefined;
  return table?.TableArn === arn ? table : undefined;
}

/** @throws {AwsError} 400 ResourceNotFoundException. */
export function getTable(state: State, region: string, nameOrArn: string): Table {
  const table = tableIn(state, region, nameOrArn);
  if (table === undefined) throw tableNotFound(nameOrArn);
  return table;
}

/** Returns the ARN to authorize for an operation with the parameter `TableName`. */
export const tableResource =
  (state: State) =>
  ({ TableName }: { TableName: string }, { region }: { region: string }): string =>
    arnOf(state, region, TableName);
