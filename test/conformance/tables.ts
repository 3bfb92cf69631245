/** All rows of the conformance suite. */
import { authorizers } from "./authorizers.ts";
import type { Behavior, Service } from "./behavior.ts";
import { cloudwatch } from "./cloudwatch.ts";
import { connecting } from "./connecting.ts";
import { connections } from "./connections.ts";
import { dashboards } from "./dashboards.ts";
import { disconnecting } from "./disconnecting.ts";
import { dynamodb } from "./dynamodb.ts";
import { eventSourceMappings } from "./event-source-mappings.ts";
import { events } from "./events.ts";
import { filterPatterns } from "./filter-patterns.ts";
import { gatewayApi } from "./gateway-api.ts";
import { gatewayRoles } from "./gateway-roles.ts";
import { gatewaySettings } from "./gateway-settings.ts";
import { iam } from "./iam.ts";
import { invoking } from "./invoking.ts";
import { lambdaApi } from "./lambda-api.ts";
import { layers } from "./layers.ts";
import { logging } from "./logging.ts";
import { logsApi } from "./logs-api.ts";
import { messages } from "./messages.ts";
import { permissions } from "./permissions.ts";
import { policyDocuments } from "./policy-documents.ts";
import { queuePolicies } from "./queue-policies.ts";
import { retrying } from "./retrying.ts";
import { runtime } from "./runtime.ts";
import { sqs } from "./sqs.ts";
import { validation } from "./validation.ts";

/** Rows about one area. */
export interface Table {
  area: string;
  service: Service;
  rows: readonly Behavior[];
}

/** Tables whose rows need the stack or the probe. A row of them can use the account as well. */
export const stackTables: readonly Table[] = [
  { area: "connecting", service: "API Gateway", rows: connecting },
  { area: "authorizers", service: "API Gateway", rows: authorizers },
  { area: "messages", service: "API Gateway", rows: messages },
  { area: "events", service: "API Gateway", rows: events },
  { area: "disconnecting", service: "API Gateway", rows: disconnecting },
  { area: "@connections", service: "API Gateway", rows: connections },
  { area: "Lambda's Invoke", service: "Lambda", rows: invoking },
  { area: "asynchronous invocations", service: "Lambda", rows: retrying },
  { area: "the runtime", service: "Lambda", rows: runtime },
  { area: "logs of functions", service: "Lambda", rows: logging },
];

/** Tables whose rows need only the account. */
export const accountTables: readonly Table[] = [
  { area: "the API of API Gateway", service: "API Gateway", rows: gatewayApi },
  { area: "settings of APIs", service: "API Gateway", rows: gatewaySettings },
  { area: "roles of API Gateway", service: "API Gateway", rows: gatewayRoles },
  { area: "the API of Lambda", service: "Lambda", rows: lambdaApi },
  { area: "event source mappings", service: "Lambda", rows: eventSourceMappings },
  { area: "layers", service: "Lambda", rows: layers },
  { area: "the API of CloudWatch Logs", service: "CloudWatch Logs", rows: logsApi },
  { area: "filter patterns", service: "CloudWatch Logs", rows: filterPatterns },
  { area: "CloudWatch", service: "CloudWatch", rows: cloudwatch },
  { area: "dashboards", service: "CloudWatch", rows: dashboards },
  { area: "SQS", service: "SQS", rows: sqs },
  { area: "policies of queues", service: "SQS", rows: queuePolicies },
  { area: "DynamoDB", service: "DynamoDB", rows: dynamodb },
  { area: "IAM and STS", service: "IAM and STS", rows: iam },
  { area: "policy documents", service: "IAM and STS", rows: policyDocuments },
  { area: "permissions", service: "IAM and STS", rows: permissions },
  { area: "validation", service: "IAM and STS", rows: validation },
];
