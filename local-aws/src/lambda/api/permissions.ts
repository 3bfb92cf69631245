import * as v from "valibot";
import { AwsError, notImplemented } from "../../protocols/aws-error.ts";
import { only } from "../../protocols/only.ts";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { PolicyStatement } from "../state.ts";
import { notFound } from "./function-name.ts";
import { type FunctionsApi, functionRoute } from "./function-route.ts";

const statementId = v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/));

const servicePrincipal = v.pipe(
  v.string(),
  v.check((principal) => {
    if (/^[a-z0-9.-]+\.amazonaws\.com$/.test(principal)) return true;
    throw notImplemented(`principals other than AWS services (${principal})`);
  }),
);

const addInput = v.strictObject({
  FunctionName: v.string(),
  StatementId: statementId,
  Action: only("Action", "lambda:InvokeFunction"),
  Principal: servicePrincipal,
  SourceArn: v.exactOptional(v.pipe(v.string(), v.regex(/^arn:aws:[a-z0-9-]+:.+$/))),
});

/**
 * A function's resource policy, which lets other AWS services invoke it.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export function permissionRoutes(api: FunctionsApi): Route[] {
  const path = "/2015-03-31/functions/{FunctionName}/policy";
  return [
    functionRoute(api, {
      name: "AddPermission",
      method: "POST",
      path,
      status: 201,
      input: addInput,
      handle({ configuration, policy }, input) {
        const { StatementId } = input;
        if (Object.hasOwn(policy, StatementId))
          throw new AwsError(
            409,
            "ResourceConflictException",
            `The statement id (${StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
          );
        const statement = newStatement(configuration.FunctionArn, input);
        policy[StatementId] = statement;
        return { Statement: JSON.stringify(statement) };
      },
    }),
    functionRoute(api, {
      name: "GetPolicy",
      method: "GET",
      path,
      input: v.strictObject({ FunctionName: v.string() }),
      handle({ policy }) {
        const Statement = Object.values(policy);
        if (Statement.length === 0) throw notFound("The resource you requested does not exist.");
        return { Policy: JSON.stringify({ Version: "2012-10-17", Id: "default", Statement }) };
      },
    }),
    functionRoute(api, {
      name: "RemovePermission",
      method: "DELETE",
      path: `${path}/{StatementId}`,
      status: 204,
      input: v.strictObject({ FunctionName: v.string(), StatementId: statementId }),
      handle({ policy }, { StatementId }) {
        if (Object.keys(policy).length === 0)
          throw notFound("No policy is associated with the given resource.");
        if (!Object.hasOwn(policy, StatementId))
          throw notFound(`Statement ${StatementId} is not found in resource policy.`);
        delete policy[StatementId];
      },
    }),
  ];
}

const newStatement = (
  functionArn: string,
  { StatementId, Principal, Action, SourceArn }: v.InferOutput<typeof addInput>,
): PolicyStatement => ({
  Sid: StatementId,
  Effect: "Allow",
  Principal: { Service: Principal },
  Action,
  Resource: functionArn,
  ...(SourceArn !== undefined && { Condition: { ArnLike: { "AWS:SourceArn": SourceArn } } }),
});
