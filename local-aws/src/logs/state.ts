export interface LogsState {
  groups: Record<string, LogGroup>;
  /** By ID. */
  queryDefinitions: Record<string, QueryDefinition>;
}

/** A saved query of CloudWatch Logs Insights. */
export interface QueryDefinition {
  queryDefinitionId: string;
  name: string;
  queryString: string;
  logGroupNames: string[];
  /** Milliseconds since the epoch. */
  lastModified: number;
}

export interface LogGroup {
  logGroupName: string;
  /** Ends in `:*`, as DescribeLogGroups gives it. */
  arn: string;
  /** Milliseconds since the epoch. */
  creationTime: number;
  retentionInDays?: number;
  deletionProtectionEnabled?: true;
  tags: Record<string, string>;
  /** By filter name. */
  metricFilters: Record<string, MetricFilter>;
}

export interface MetricFilter {
  filterName: string;
  filterPattern: string;
  logGroupName: string;
  creationTime: number;
  metricTransformations: MetricTransformation[];
}

export interface MetricTransformation {
  metricName: string;
  metricNamespace: string;
  metricValue: string;
  defaultValue?: number;
  unit?: string;
  dimensions?: Record<string, string>;
}
