import { AwsError } from "../protocols/aws-error.ts";

/** Creates an error of DynamoDB's model, such as `ResourceNotFoundException`. */
export const dynamoDbError = (name: string, message: string): AwsError =>
  new AwsError(400, `com.amazonaws.dynamodb.v20120810#${name}`, message);

export const validationError = (message: string): AwsError =>
  new AwsError(400, "com.amazon.coral.validate#ValidationException", message);

/** @param detail the resource. Operations on items do not name it. */
export const resourceNotFound = (detail?: string): AwsError =>
  dynamoDbError(
    "ResourceNotFoundException",
    ["Requested resource not found", detail].filter(Boolean).join(": "),
  );

export const tableNotFound = (name: string): AwsError =>
  resourceNotFound(`Table: ${name} not found`);

/** @param reason such as `Table is being updated`. */
export const resourceInUse = (reason: string, name: string): AwsError =>
  dynamoDbError(
    "ResourceInUseException",
    `Attempt to change a resource which is still in use: ${reason}: ${name}`,
  );

export const tableExists = (name: string): AwsError =>
  dynamoDbError("ResourceInUseException", `Table already exists: ${name}`);

/** Returns whether an error of DynamoDB has a name, such as `ConditionalCheckFailedException`. */
export const isNamed = (error: unknown, name: string): error is AwsError =>
  error instanceof AwsError && error.code.endsWith(`#${name}`);
