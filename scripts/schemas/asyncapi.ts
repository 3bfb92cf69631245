import { SUBPROTOCOL } from "../../shared/handshake.ts";
import { actionNames, definitions } from "./protocol-schema.ts";

const SCHEMAS = "#/components/schemas";
const MESSAGES = "#/channels/connection/messages";

const schema = (name: string) => ({ $ref: `${SCHEMAS}/${name}` });
const message = (name: string) => ({ $ref: `${MESSAGES}/${name}` });

const byName = <Value>(names: readonly string[], valueOf: (name: string) => Value) =>
  Object.fromEntries(names.map((name) => [name, valueOf(name)]));

const correlationId = { location: "$message.payload#/requestId" };

/**
 * `docs/asyncapi.json`: the API as AsyncAPI 3.0 has it, from the stack's point of view: it receives
 * requests and sends replies.
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export const asyncApi = (version: string) => ({
  asyncapi: "3.0.0",
  info: {
    title: "WebSocket Lambda",
    version,
    description: "Written by `npm run schemas`. In words: docs/protocol.md.",
    license: { name: "MIT" },
  },
  defaultContentType: "application/json",
  servers: {
    aws: {
      host: "{apiId}.execute-api.{region}.amazonaws.com",
      pathname: "/{stage}",
      protocol: "wss",
      variables: {
        apiId: { description: "The output websocket_api_id of Terraform." },
        region: { default: "us-east-1" },
        stage: { default: "production" },
      },
    },
    local: {
      host: "localhost:4566",
      pathname: "/_aws/execute-api/websocket0/production",
      protocol: "ws",
      description: "After `npm start`.",
    },
  },
  channels: {
    connection: {
      address: "/",
      description: "One WebSocket connection. Its text frames go both ways, in no certain order.",
      messages: {
        ...byName(actionNames.map(requestName), (name) => ({
          payload: schema(name),
          correlationId,
        })),
        ...byName(actionNames.map(successName), (name) => ({
          payload: schema(name),
          correlationId,
        })),
        Failure: { payload: schema("Failure"), correlationId },
        GatewayError: { payload: schema("GatewayError") },
      },
      bindings: { ws: handshake },
    },
  },
  operations: {
    ...byName(actionNames, (name) => ({
      action: "receive",
      channel: { $ref: "#/channels/connection" },
      messages: [message(requestName(name))],
      reply: {
        channel: { $ref: "#/channels/connection" },
        messages: [message(successName(name)), message("Failure")],
      },
    })),
    gatewayError: {
      action: "send",
      channel: { $ref: "#/channels/connection" },
      messages: [message("GatewayError")],
    },
  },
  components: { schemas: definitions("draft-07", SCHEMAS) },
});

const requestName = (action: string) => `${action}.request`;
const successName = (action: string) => `${action}.success`;

/** What a client may bring to the handshake; on a stack with `jwt_issuer` a token, in one way. */
const handshake = {
  method: "GET",
  headers: {
    type: "object",
    properties: {
      "Sec-WebSocket-Protocol": {
        type: "string",
        description: `"${SUBPROTOCOL}", and the token as a second subprotocol.`,
      },
    },
  },
  query: {
    type: "object",
    properties: {
      token: { type: "string", description: "The token, where subprotocols can't be chosen." },
    },
  },
  bindingVersion: "0.1.0",
};
