import type { Clock } from "../clock.ts";
import { jsonProtocol } from "../protocols/json-protocol.ts";
import type { Service } from "../protocols/operation.ts";
import { queryProtocol } from "../protocols/query-protocol.ts";
import type { Iam } from "../iam/index.ts";
import type { State } from "../state.ts";
import { alarmOperations } from "./alarms.ts";
import { dashboardOperations } from "./dashboards.ts";
import { inJson } from "./json-form.ts";
import { tagOperations } from "./tags.ts";

/**
 * CloudWatch's alarms and dashboards, which Terraform creates. There are no metrics. Terraform's
 * provider speaks the query protocol, the aws CLI AWS JSON.
 */
export function createCloudWatch(options: { state: State; clock: Clock; iam: Iam }): {
  service: Service;
} {
  const operations = {
    ...alarmOperations(options),
    ...dashboardOperations(options),
    ...tagOperations(options),
  };
  const query = queryProtocol({
    authorize: options.iam.authorize,
    prefix: "cloudwatch",
    version: "2010-08-01",
    namespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
    operations,
  });
  const json = jsonProtocol({
    authorize: options.iam.authorize,
    prefix: "cloudwatch",
    target: "GraniteServiceVersion20100801",
    version: "1.0",
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, operation]) => [name, inJson(operation)]),
    ),
  });
  return {
    service: (request, middleware) =>
      request.headers["x-amz-target"] === undefined
        ? query(request, middleware)
        : json(request, middleware),
  };
}
