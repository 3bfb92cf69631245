import type { Context } from "aws-lambda";
import { createLambdaClient, createManagementClient } from "../../shared/aws-clients.ts";
import { list, required } from "../../shared/environment.ts";
import { onConnect } from "./connect.ts";
import { onDisconnect } from "./disconnect.ts";
import type { ConnectEvent, DisconnectEvent, FailureRecord, MessageEvent } from "./events.ts";
import { createProcessorInvoker } from "./invoke-processor.ts";
import { createMessageHandler } from "./message.ts";
import { onProcessingFailed } from "./processing-failed.ts";

const allowedOrigins = list("ALLOWED_ORIGINS");
const management = createManagementClient(required("MANAGEMENT_ENDPOINT"));
const invokeProcessor = createProcessorInvoker(
  createLambdaClient(),
  required("PROCESSOR_FUNCTION_NAME"),
);
const onMessage = createMessageHandler(invokeProcessor, management);

/** Handles the three routes of the API, and the failure records of the processor. */
export async function handler(
  event: ConnectEvent | DisconnectEvent | MessageEvent | FailureRecord,
  context: Context,
) {
  if ("requestPayload" in event) return await onProcessingFailed(event, management);
  switch (event.requestContext.routeKey) {
    case "$connect":
      return onConnect(event as ConnectEvent, allowedOrigins);
    case "$disconnect":
      return onDisconnect(event as DisconnectEvent);
    case "$default":
      return await onMessage(event as MessageEvent, context);
  }
}
