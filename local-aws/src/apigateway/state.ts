export interface ApiGatewayState {
  /** The ARN of the role that writes the logs of stages in this region. */
  cloudwatchRoleArn?: string;
  apis: Record<string, Api>;
  domainNames: Record<string, DomainName>;
}

/** A custom domain name and the stages that it serves. */
export interface DomainName {
  domainName: string;
  certificateArn: string;
  ipAddressType: IpAddressType;
  /** `d-{ID}.execute-api.{region}.localhost`, where a DNS record of the domain name would point to. */
  apiGatewayDomainName: string;
  tags: Record<string, string>;
  apiMappings: Record<string, ApiMapping>;
}

export interface ApiMapping {
  apiMappingId: string;
  apiId: string;
  stage: string;
  /**
   * The path on the domain name, such as `orders`. An empty key is the domain name without a path.
   */
  apiMappingKey: string;
}

export type IpAddressType = "ipv4" | "dualstack";

/** The part of an API that clients reach, and that a deployment copies. */
export interface DeployedApi {
  routeSelectionExpression: string;
  /** Whether clients can only use a custom domain name. Default: false. */
  disableExecuteApiEndpoint?: boolean;
  integrations: Record<string, Integration>;
  routes: Record<string, ApiRoute>;
  authorizers: Record<string, Authorizer>;
}

/** A WebSocket API in the form of API Gateway v2's `GetApi`, with everything that belongs to it. */
export interface Api extends DeployedApi {
  apiId: string;
  name: string;
  protocolType: "WEBSOCKET";
  description?: string;
  version?: string;
  apiKeySelectionExpression: string;
  disableSchemaValidation?: boolean;
  /** Default: `ipv4`. */
  ipAddressType?: IpAddressType;
  /** ISO 8601. */
  createdDate: string;
  tags: Record<string, string>;
  models: Record<string, Model>;
  deployments: Record<string, Deployment>;
  stages: Record<string, Stage>;
}

export interface Integration {
  integrationId: string;
  integrationType: "AWS_PROXY";
  integrationMethod: "POST";
  /** `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function ARN}/invocations` */
  integrationUri: string;
  connectionType: "INTERNET";
  contentHandlingStrategy?: string;
  passthroughBehavior: string;
  payloadFormatVersion: "1.0";
  timeoutInMillis: number;
  description?: string;
  /** ARN of the role with which API Gateway invokes the function. Default: its resource policy applies. */
  credentialsArn?: string;
  requestParameters?: Record<string, string>;
  /** By content type. */
  requestTemplates?: Record<string, string>;
  templateSelectionExpression?: string;
  integrationResponses: Record<string, IntegrationResponse>;
}

export interface IntegrationResponse {
  integrationResponseId: string;
  /** `$default`, or a regular expression between slashes: `/2\d\d/`. */
  integrationResponseKey: string;
  contentHandlingStrategy?: "CONVERT_TO_BINARY" | "CONVERT_TO_TEXT";
  responseParameters?: Record<string, string>;
  /** By content type. */
  responseTemplates?: Record<string, string>;
  templateSelectionExpression?: string;
}

export interface ApiRoute {
  routeId: string;
  routeKey: string;
  /** `integrations/{integrationId}` */
  target?: string;
  authorizationType: "NONE" | "CUSTOM";
  authorizerId?: string;
  operationName?: string;
  apiKeyRequired: false;
  /** The names of models, by their keys. */
  requestModels?: Record<string, string>;
  requestParameters?: Record<string, { required?: false }>;
  routeResponseSelectionExpression?: string;
  routeResponses: Record<string, { routeResponseId: string; routeResponseKey: string }>;
}

export interface Model {
  modelId: string;
  /** Unique in its API. */
  name: string;
  /** JSON schema. */
  schema: string;
  contentType?: string;
  description?: string;
}

export interface Authorizer {
  authorizerId: string;
  name: string;
  authorizerType: "REQUEST";
  authorizerUri: string;
  identitySource: string[];
  /** ARN of the role with which API Gateway invokes the function. Default: its resource policy applies. */
  authorizerCredentialsArn?: string;
}

export interface Deployment {
  deploymentId: string;
  description?: string;
  autoDeployed: boolean;
  createdDate: string;
  deploymentStatus: "DEPLOYED";
  /** The API as it was when the deployment was created. */
  api: DeployedApi;
}

export interface Stage {
  stageName: string;
  autoDeploy: boolean;
  createdDate: string;
  lastUpdatedDate: string;
  deploymentId?: string;
  description?: string;
  accessLogSettings?: { destinationArn: string; format: string };
  defaultRouteSettings: RouteSettings;
  /** By route key. */
  routeSettings: Record<string, RouteSettings>;
  stageVariables?: Record<string, string>;
  tags: Record<string, string>;
}

export interface RouteSettings {
  dataTraceEnabled?: boolean;
  detailedMetricsEnabled?: boolean;
  loggingLevel?: "OFF" | "ERROR" | "INFO";
  throttlingBurstLimit?: number;
  throttlingRateLimit?: number;
}
