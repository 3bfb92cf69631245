import { readFileSync } from "node:fs";
import { join } from "node:path";

const TERRAFORM = join(import.meta.dirname, "..", "..", "terraform");

/** What the model takes over from `terraform/`, so that it can't say anything else. */
export interface TerraformDefaults {
  /** Requests a second and at once, of each route. */
  throttlingRate: number;
  throttlingBurst: number;
  /** MB. */
  handlerMemory: number;
  processorMemory: number;
  /** Seconds that a job may wait. */
  eventAge: number;
  logRetentionDays: number;
  alarms: number;
}

export function readTerraformDefaults(): TerraformDefaults {
  const variables = readFileSync(join(TERRAFORM, "variables.tf"), "utf8");
  const monitoring = readFileSync(join(TERRAFORM, "monitoring.tf"), "utf8");
  return {
    throttlingRate: defaultOf(variables, "throttling_rate_limit"),
    throttlingBurst: defaultOf(variables, "throttling_burst_limit"),
    handlerMemory: defaultOf(variables, "websocket_handler_memory_size"),
    processorMemory: defaultOf(variables, "processor_memory_size"),
    eventAge: defaultOf(variables, "maximum_event_age_in_seconds"),
    logRetentionDays: defaultOf(variables, "log_retention_days"),
    alarms: countAlarms(monitoring),
  };
}

/** @throws {Error} if the variable does not exist, or its default is not a number. */
export function defaultOf(variables: string, name: string): number {
  const declaration = new RegExp(`^variable "${name}" \\{[^}]*?^  default +=\\s+(\\d+)$`, "m");
  const value = declaration.exec(variables)?.[1];
  if (value === undefined)
    throw new Error(`The variable ${name} in terraform/variables.tf has no numeric default.`);
  return Number(value);
}

/** @throws {Error} if the map of alarms is not found. */
export function countAlarms(monitoring: string): number {
  const map = /^ {2}alarms = \{$(.*?)^ {2}\}$/ms.exec(monitoring)?.[1];
  if (map === undefined)
    throw new Error("terraform/monitoring.tf does not define a map named alarms.");
  return map.match(/^ {4}[a-z-]+ = \{$/gm)?.length ?? 0;
}
