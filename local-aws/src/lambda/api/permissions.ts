import { createHash } from "node:crypto";
import * as v from "valibot";
import { AwsError, notImplemented } from "../../protocols/aws-error.ts";
import { only } from "../../protocols/only.ts";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import type { LambdaFunction, PolicyStatement } from "../state.ts";
import {
  type FunctionReference,
  invalid,
  isAlias,
  missingFunction,
  notFound,
} from "./function-name.ts";
import { type FunctionsApi, functionInput, functionRoute } from "./function-route.ts";
import { pattern, RESOURCE_ARN_PATTERN } from "./pattern.ts";
import { revisionId, revisionMismatch } from "./revision.ts";

const statementId = v.pipe(v.string(), v.maxLength(100), pattern("([a-zA-Z0-9-_]+)"));

const storedStatementId = v.pipe(v.string(), v.maxLength(100), pattern("([a-zA-Z0-9-_.]+)"));

const servicePrincipal = v.pipe(
  v.string(),
  v.check((principal) => {
    if (/^[a-z0-9.-]+\.amazonaws\.com$/.test(principal)) return true;
    if (/^(\*|\d{12}|arn:.+)$/.test(principal))
      throw notImplemented(`principals other than AWS services (${principal})`);
    throw invalid("The provided principal was invalid. Please check the principal and try again.");
  }),
);

const addInput = v.strictObject({
  ...functionInput,
  RevisionId: revisionId,
  StatementId: statementId,
  Action: only("Action", "lambda:InvokeFunction"),
  Principal: servicePrincipal,
  SourceArn: v.exactOptional(v.pipe(v.string(), pattern(RESOURCE_ARN_PATTERN))),
});

/**
 * Returns the routes for the resource policy of a function, which allows other AWS services to invoke it.
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
      check({ qualifier }) {
        if (qualifier === "$LATEST")
          throw invalid("We currently do not support adding policies for $LATEST.");
      },
      missing: (reference) => missingAlias(reference) ?? missingFunction(reference),
      handle({ configuration, policy }, input) {
        const { StatementId, RevisionId } = input;
        checkPolicyRevision(policy, RevisionId);
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
      input: v.strictObject(functionInput),
      missing: missingPolicy,
      handle({ policy }, { Qualifier }) {
        const Statement = Object.values(policy);
        if (Statement.length === 0 || Qualifier !== undefined) throw missingPolicy();
        return {
          Policy: JSON.stringify({ Version: "2012-10-17", Id: "default", Statement }),
          RevisionId: revisionOf(policy),
        };
      },
    }),
    functionRoute(api, {
      name: "RemovePermission",
      method: "DELETE",
      path: `${path}/{StatementId}`,
      status: 204,
      input: v.strictObject({
        ...functionInput,
        RevisionId: revisionId,
        StatementId: storedStatementId,
      }),
      missing: (reference) =>
        missingAlias(reference) ?? notFound(`No policy found for: ${reference.arn}`),
      handle({ policy }, { StatementId, RevisionId, Qualifier }) {
        if (Object.keys(policy).length === 0 || Qualifier !== undefined)
          throw notFound("No policy is associated with the given resource.");
        if (!Object.hasOwn(policy, StatementId))
          throw notFound(`Statement ${StatementId} is not found in resource policy.`);
        checkPolicyRevision(policy, RevisionId);
        delete policy[StatementId];
      },
    }),
  ];
}

/** The errors as recorded: https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services/lambda_/test_lambda_api.snapshot.json */
const missingPolicy = () => notFound("The resource you requested does not exist.");

const missingAlias = ({ arn, qualifier }: FunctionReference) =>
  qualifier !== undefined && isAlias(qualifier)
    ? notFound(`Cannot find alias arn: ${arn}`)
    : undefined;

type ResourcePolicy = LambdaFunction["policy"];

/** Returns the revision of a policy. It is derived from the statements, so it changes with them. */
function revisionOf(policy: ResourcePolicy): string {
  const hash = createHash("sha256").update(JSON.stringify(policy)).digest("hex");
  return hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, "$1-$2-4$3-8$4-$5");
}

/**
 * Checks the revision in a request.
 * @throws {AwsError} 412 if it is not the current revision of the policy.
 */
function checkPolicyRevision(policy: ResourcePolicy, named: string | undefined): void {
  if (named === undefined) return;
  if (Object.keys(policy).length === 0 || named !== revisionOf(policy))
    throw revisionMismatch("GetPolicy");
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
