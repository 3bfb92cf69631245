import type { Service } from "../http/operation.ts";

export interface MessageAttribute {
  DataType: "String" | "Number";
  StringValue: string;
}

export interface Sqs {
  service: Service;
  /** Sends a message on behalf of another service. False: there is no such queue. */
  send(
    queueArn: string,
    body: string,
    attributes: Readonly<Record<string, MessageAttribute>>,
  ): boolean;
}
