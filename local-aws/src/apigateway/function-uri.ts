import * as v from "valibot";
import { notImplemented } from "../protocols/aws-error.ts";
import { badRequest } from "./identifiers.ts";

/** Captures the ARN of the function and the qualifier. */
const FUNCTION_URI =
  /^arn:aws:apigateway:[a-z0-9-]+:lambda:path\/2015-03-31\/functions\/(arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+)(:[\w$-]+)?\/invocations$/;

/** Returns the ARN of the Lambda function in the URI of an integration or authorizer. */
export const functionArnIn = (uri: string): string | undefined => FUNCTION_URI.exec(uri)?.[1];

/**
 * Returns the schema for the URI of an integration or authorizer, which names a Lambda function.
 * @param invalid the message of the error 400 for any other text.
 */
export const functionUri = (invalid: string) =>
  v.pipe(
    v.string(),
    v.check((uri) => {
      if (uri.includes("${stageVariables."))
        throw notImplemented(`stage variables in the function URI ${uri}`);
      const [matched, , qualifier] = FUNCTION_URI.exec(uri) ?? [];
      if (qualifier !== undefined)
        throw notImplemented(`versions and aliases, such as that of the function URI ${uri}`);
      if (matched === undefined) throw badRequest(invalid);
      return true;
    }),
  );
