export interface LambdaState {
  functions: Record<string, LambdaFunction>;
  /** The event source mappings, by UUID. */
  eventSourceMappings: Record<string, EventSourceMapping>;
  /** The layers, by name. */
  layers: Record<string, Layer>;
}

/** One object from CreateFunction to DeleteFunction. Updates change it in place. */
export interface LambdaFunction {
  /** Replaced as a whole by an update of the configuration. */
  configuration: FunctionConfiguration;
  /** The zip as uploaded, in base64. */
  zipFile: string;
  /**
   * The zip files of its layers, in the order of the configuration. Those of deleted layer versions are
   * kept.
   */
  layers: string[];
  /** The change in progress, while Lambda creates or updates the function. */
  change?: FunctionChange;
  /** The published versions, the oldest first. Undefined if there was never one. */
  versions?: PublishedVersion[];
  /** The number of the version that was published last, even if it has been deleted. */
  lastVersion?: number;
  /** The statements of the resource policy, by `Sid`. */
  policy: Record<string, PolicyStatement>;
  reservedConcurrentExecutions?: number;
  eventInvokeConfig?: EventInvokeConfig;
  tags: Record<string, string>;
}

/**
 * A change in progress. An `update` contains the values that replace the configuration, the code and the
 * layers.
 */
export type FunctionChange = (
  | { type: "creation" }
  | ({ type: "update" } & Pick<LambdaFunction, "configuration" | "zipFile" | "layers">)
) & {
  /** The number of the version that the change publishes. Default: none. */
  version?: string;
};

/** A version of a function, which the local AWS does not run. */
export interface PublishedVersion {
  /** From `1`. */
  Version: string;
  configuration: FunctionConfiguration;
  code: { CodeSize: number; CodeSha256: string };
  /**
   * The settings of the function when the version was published. The version can have another
   * description.
   */
  published: Omit<FunctionConfiguration, "RevisionId" | "LastModified">;
}

/** The members of `GetFunctionConfiguration` that are stored. All others are derived. */
export interface FunctionConfiguration {
  FunctionName: string;
  FunctionArn: string;
  Runtime: string;
  Role: string;
  Handler: string;
  Description: string;
  /** Seconds. */
  Timeout: number;
  /** MB. */
  MemorySize: number;
  Architectures: string[];
  /** Undefined if the function was created and updated without one. */
  Environment?: { Variables: Record<string, string> };
  LoggingConfig: LoggingConfig;
  TracingConfig: { Mode: "PassThrough" | "Active" };
  EphemeralStorage: { Size: number };
  DeadLetterConfig?: { TargetArn: string };
  /** Undefined if the function has none. */
  Layers?: { Arn: string; CodeSize: number }[];
  /** As `2026-01-01T00:00:00.000+0000`. */
  LastModified: string;
  RevisionId: string;
}

/** The versions of a layer, also after the last one was deleted. */
export interface Layer {
  /** The number of the version that was published last, even if it has been deleted. */
  lastVersion: number;
  /** The oldest one first. */
  versions: LayerVersion[];
}

export interface LayerVersion {
  /** From 1. */
  Version: number;
  Description: string;
  LicenseInfo?: string;
  CompatibleRuntimes?: string[];
  CompatibleArchitectures?: string[];
  /** As `2026-01-01T00:00:00.000+0000`. */
  CreatedDate: string;
  code: { CodeSize: number; CodeSha256: string };
  /** The zip as uploaded, in base64. */
  zipFile: string;
}

export interface LoggingConfig {
  LogFormat: "Text" | "JSON";
  LogGroup: string;
  ApplicationLogLevel?: "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";
  SystemLogLevel?: "DEBUG" | "INFO" | "WARN";
}

export interface PolicyStatement {
  Sid: string;
  Effect: "Allow";
  Principal: { Service: string };
  /** `lambda:InvokeFunction`. */
  Action: string;
  /** ARN of the function. */
  Resource: string;
  Condition?: { ArnLike: { "AWS:SourceArn": string } };
}

export interface EventInvokeConfig {
  MaximumRetryAttempts?: number;
  /** Seconds. */
  MaximumEventAgeInSeconds?: number;
  DestinationConfig: { OnFailure?: { Destination: string }; OnSuccess?: { Destination: string } };
  /** Seconds since the epoch. */
  LastModified: number;
}

/** One object from CreateEventSourceMapping to DeleteEventSourceMapping. Updates change it in place. */
export interface EventSourceMapping {
  UUID: string;
  /** Of a queue. */
  EventSourceArn: string;
  /** Of a function, with the qualifier if the client named one. */
  FunctionArn: string;
  /** Whether Lambda polls the queue, when the change is complete. */
  Enabled: boolean;
  /** While Lambda changes the mapping. */
  change?: "Creating" | "Enabling" | "Disabling" | "Updating" | "Deleting";
  BatchSize: number;
  MaximumBatchingWindowInSeconds: number;
  FunctionResponseTypes: "ReportBatchItemFailures"[];
  FilterCriteria?: { Filters: { Pattern: string }[] };
  ScalingConfig?: { MaximumConcurrency: number };
  /** Seconds since the epoch. */
  LastModified: number;
  tags: Record<string, string>;
}
