// The code of the function that the questions share. It runs the action that the client names as `do`.
"use strict";

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Calls the API Gateway Management API about the connection that is being opened. */
async function manage({ requestContext: { connectionId }, stageVariables }) {
  const sdk = require("@aws-sdk/client-apigatewaymanagementapi");
  const client = new sdk.ApiGatewayManagementApiClient({
    endpoint: stageVariables.management,
    maxAttempts: 1,
  });
  const results = {};
  for (const [name, Command] of [
    ["GET", sdk.GetConnectionCommand],
    ["POST", sdk.PostToConnectionCommand],
    ["DELETE", sdk.DeleteConnectionCommand],
  ])
    results[name] = await client
      .send(new Command({ ConnectionId: connectionId, Data: "early" }))
      .then(({ $metadata }) => $metadata.httpStatusCode)
      .catch(({ name: error, $metadata }) => `${$metadata?.httpStatusCode} ${error}`);
  return { statusCode: 403, body: JSON.stringify(results) };
}

const ACTIONS = {
  headers: () => ({ statusCode: 200, headers: { "X-Probe": "1", "Set-Cookie": "probe=1" } }),
  manage,
  noStatus: () => ({ body: "seen" }),
  nothing: () => undefined,
  number: () => 7,
  object: () => ({ statusCode: 200, body: { seen: true } }),
  refuse: () => ({ statusCode: 403, body: "refused" }),
  async slow() {
    await wait(3000);
    return { statusCode: 200, body: "slow" };
  },
  string: () => "seen",
  throw() {
    throw new Error("thrown on purpose");
  },
};

/** What the client asks for: `?do=…` of the connect, or `{"do":"…"}` in a message. */
function actionOf({ body, queryStringParameters }) {
  if (body === undefined) return queryStringParameters?.do;
  try {
    return JSON.parse(body).do;
  } catch {
    return undefined;
  }
}

exports.handler = async (event) => {
  if (event.type === "REQUEST") return authorize(event);
  const { requestContext, body } = event;
  console.log(JSON.stringify({ seen: requestContext, body }));
  const action = ACTIONS[actionOf(event)];
  if (action !== undefined) return await action(event);
  return { statusCode: 200, body: JSON.stringify(requestContext) };
};

const authorize = ({ headers, methodArn }) => ({
  principalId: "probe",
  policyDocument: {
    Version: "2012-10-17",
    Statement: [
      {
        Action: "execute-api:Invoke",
        Effect: headers.Authorization === "deny" ? "Deny" : "Allow",
        Resource: methodArn,
      },
    ],
  },
});
