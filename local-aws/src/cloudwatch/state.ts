/** Stored, listed and deleted. Nothing here evaluates an alarm or draws a dashboard. */
export interface CloudWatchState {
  alarms: Record<string, Alarm>;
  dashboards: Record<string, Dashboard>;
}

export interface Alarm {
  AlarmName: string;
  AlarmArn: string;
  /** The parameters of PutMetricAlarm, as they are read back by DescribeAlarms. */
  parameters: Record<string, unknown>;
  /** ISO 8601. */
  AlarmConfigurationUpdatedTimestamp: string;
  tags: Record<string, string>;
}

export interface Dashboard {
  DashboardName: string;
  DashboardArn: string;
  /** JSON text. */
  DashboardBody: string;
  /** ISO 8601. */
  LastModified: string;
  /** Undefined until the dashboard has tags for the first time. */
  tags?: Record<string, string>;
}
