import type { Inputs } from "./inputs.ts";

export const DAYS = 30;

/** What a month's traffic comes to. Rates are a second, means over the hours with traffic. */
export interface Traffic {
  messages: number;
  connectionMinutes: number;
  connects: number;
  messageRate: number;
  connectRate: number;
  peakMessageRate: number;
  peakConnectRate: number;
  /** Invocations a month. The websocket-handler also has connects, disconnects and failed jobs. */
  handlerInvocations: number;
  processorInvocations: number;
  /** Invocations at a time in the busiest second, by Little's law: rate times duration. */
  peakHandlers: number;
  peakProcessors: number;
}

export function trafficOf(inputs: Inputs): Traffic {
  const seconds = DAYS * inputs["hours-per-day"] * 3600;
  const peak = inputs["peak-factor"];
  const messages = inputs["messages-per-month"];
  const connectionMinutes = (inputs.connections * seconds) / 60;
  const connects = connectionMinutes / inputs["connection-minutes"];
  const failures = messages * inputs["failure-rate"];
  const handlerInvocations = messages + 2 * connects + failures;
  const concurrency = (invocations: number, milliseconds: number) =>
    (((invocations / seconds) * milliseconds) / 1000) * peak;
  return {
    messages,
    connectionMinutes,
    connects,
    messageRate: messages / seconds,
    connectRate: connects / seconds,
    peakMessageRate: (messages / seconds) * peak,
    peakConnectRate: (connects / seconds) * peak,
    handlerInvocations,
    processorInvocations: messages,
    peakHandlers: concurrency(handlerInvocations, inputs["handler-ms"]),
    peakProcessors: concurrency(messages, inputs["processor-ms"]),
  };
}
