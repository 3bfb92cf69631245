/** The events of one message on its way through the functions. */

export const REQUEST = '{"action":"uppercase","data":{"text":"hello"},"requestId":"mine"}';
export const REPLY =
  '{"action":"uppercase","status":"success","result":"HELLO","requestId":"mine"}';

export const JOB = {
  connectionId: "c=",
  requestId: "mine",
  action: "uppercase",
  data: { text: "hello" },
};

/** What functions read of the context of an invocation. */
export const CONTEXT = { awsRequestId: "lambda", getRemainingTimeInMillis: () => 8000 };

/** What API Gateway gives to the websocket-handler. A new one each time: the parser changes it. */
export const messageEvent = (body = REQUEST, connectionId = "c=") => ({
  requestContext: { connectionId, requestId: "gateway", routeKey: "$default" },
  body,
  isBase64Encoded: false,
});
