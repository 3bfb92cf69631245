import { crc32 } from "node:zlib";
import type { Clock } from "../clock.ts";
import type { Iam } from "../iam/index.ts";
import { jsonProtocol } from "../protocols/json-protocol.ts";
import type { Service } from "../protocols/operation.ts";
import type { State } from "../state.ts";
import { continuousBackupOperations } from "./continuous-backups.ts";
import { createItemStore, type ItemStore } from "./item-store.ts";
import { itemOperations } from "./items.ts";
import { tableTagOperations } from "./table-tags.ts";
import { tableOperations } from "./tables.ts";
import { timeToLiveOperations } from "./time-to-live.ts";

/**
 * Creates DynamoDB. Tables are in the state. The npm package dynalite keeps their items in memory.
 */
export function createDynamoDb(options: { state: State; clock: Clock; iam: Iam }): {
  service: Service;
} {
  const { state, clock, iam } = options;
  const stores = new Map<string, ItemStore>();
  const itemsOf = (region: string) => {
    const store = stores.get(region) ?? createItemStore();
    stores.set(region, store);
    return store;
  };
  const resources = { state, clock, itemsOf };
  const service = jsonProtocol({
    authorize: iam.authorize,
    prefix: "dynamodb",
    target: "DynamoDB_20120810",
    version: "1.0",
    operations: {
      ...tableOperations(resources),
      ...timeToLiveOperations(resources),
      ...continuousBackupOperations(resources),
      ...tableTagOperations(resources),
      ...itemOperations(resources),
    },
  });
  return {
    async service(request, middleware) {
      const { status, headers, body = "" } = await service(request, middleware);
      return {
        // DynamoDB refuses a caller with 400 instead of 403.
        status: status === 403 ? 400 : status,
        headers: { ...headers, "x-amz-crc32": String(crc32(body)) },
        body,
      };
    },
  };
}
