/** The events that the functions get for one message. */

export const REQUEST = '{"action":"uppercase","data":{"text":"hello"},"requestId":"mine"}';
export const REPLY =
  '{"action":"uppercase","status":"success","result":"HELLO","requestId":"mine"}';

export const JOB = {
  connectionId: "c=",
  requestId: "mine",
  action: "uppercase",
  data: { text: "hello" },
};

/** The members of the context that functions read. */
export const CONTEXT = { awsRequestId: "lambda", getRemainingTimeInMillis: () => 8000 };

/** Returns a new event of API Gateway for the websocket-handler, because the parser changes it. */
export const messageEvent = (body = REQUEST, connectionId = "c=") => ({
  requestContext: { connectionId, requestId: "gateway", routeKey: "$default" },
  body,
  isBase64Encoded: false,
});
