import type { HandshakeHeaders } from "../../shared/handshake.ts";
import type { TokenContext } from "../../shared/token.ts";

/**
 * The event that API Gateway sends to a REQUEST authorizer of `$connect`.
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
 * The response that API Gateway expects, at most 8 KB. Every later event of the connection contains
 * `principalId` and `context`.
 */
export interface AuthorizerResponse {
  principalId: string;
  context?: TokenContext;
  policyDocument: {
    Version: "2012-10-17";
    Statement: { Action: "execute-api:Invoke"; Effect: "Allow" | "Deny"; Resource: string }[];
  };
}
