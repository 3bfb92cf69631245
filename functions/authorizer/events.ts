import type { HandshakeHeaders } from "../../shared/handshake.ts";
import type { TokenContext } from "../../shared/token.ts";

/**
 * What API Gateway sends to a REQUEST authorizer of `$connect`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export interface AuthorizerEvent {
  /** `arn:aws:execute-api:{region}:{account}:{api}/{stage}/$connect` */
  methodArn: string;
  multiValueHeaders?: HandshakeHeaders;
  multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
  requestContext: { connectionId: string; requestId: string };
}

/**
 * What it wants back, in at most 8 KB. `principalId` and `context` come with every later event of the
 * connection.
 */
export interface AuthorizerResponse {
  principalId: string;
  context?: TokenContext;
  policyDocument: {
    Version: "2012-10-17";
    Statement: { Action: "execute-api:Invoke"; Effect: "Allow" | "Deny"; Resource: string }[];
  };
}
