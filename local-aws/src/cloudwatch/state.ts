/** Alarms and dashboards. The local AWS does not evaluate alarms or draw dashboards. */
export interface CloudWatchState {
  alarms: Record<string, Alarm>;
  dashboards: Record<string, Dashboard>;
}

export interface Alarm {
  AlarmName: string;
  AlarmArn: string;
  /** The parameters of PutMetricAlarm, as DescribeAlarms returns them. */
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
  /** Undefined if the dashboard has never had tags. */
  tags?: Record<string, string>;
}
