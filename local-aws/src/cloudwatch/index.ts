import type { Clock } from "../clock.ts";
import { jsonProtocol } from "../protocols/json-protocol.ts";
import type { AwsRequest, Service } from "../protocols/operation.ts";
import { queryProtocol } from "../protocols/query-protocol.ts";
import { rpcV2CborProtocol } from "../protocols/rpc-v2-cbor-protocol.ts";
import type { Iam } from "../iam/index.ts";
import type { State } from "../state.ts";
import { alarmOperations } from "./alarms.ts";
import { dashboardOperations } from "./dashboards.ts";
import { errorCodes, queryCode } from "./errors.ts";
import { tagOperations } from "./tags.ts";

/** The name of the service in AWS JSON and in Smithy RPC v2. */
const SERVICE = "GraniteServiceVersion20100801";

/**
 * Creates CloudWatch with alarms and dashboards, but without metrics. It supports three protocols: Smithy
 * RPC v2 CBOR for version 6 of the Terraform provider, AWS JSON for the AWS CLI and the SDK for
 * JavaScript, and the query protocol for older clients.
 */
export function createCloudWatch(options: { state: State; clock: Clock; iam: Iam }): {
  service: Service;
} {
  const parts = {
    authorize: options.iam.authorize,
    prefix: "cloudwatch",
    operations: {
      ...alarmOperations(options),
      ...dashboardOperations(options),
      ...tagOperations(options),
    },
    queryCode,
  };
  const protocols = {
    cbor: rpcV2CborProtocol({
      ...parts,
      service: SERVICE,
      namespace: "com.amazonaws.cloudwatch",
      errors: Object.keys(errorCodes),
    }),
    json: jsonProtocol({ ...parts, target: SERVICE, version: "1.0" }),
    query: queryProtocol({
      ...parts,
      version: "2010-08-01",
      namespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
    }),
  };
  return {
    service: (request, middleware) => protocols[protocolOf(request)](request, middleware),
  };
}

function protocolOf({ headers }: AwsRequest): "cbor" | "json" | "query" {
  if (headers["smithy-protocol"] !== undefined) return "cbor";
  return headers["x-amz-target"] === undefined ? "query" : "json";
}
