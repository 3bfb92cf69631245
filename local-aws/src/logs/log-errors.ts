import { AwsError } from "../protocols/aws-error.ts";

export const noSuchGroup = (): AwsError =>
  new AwsError(400, "ResourceNotFoundException", "The specified log group does not exist.");

export const noSuchStream = (): AwsError =>
  new AwsError(400, "ResourceNotFoundException", "The specified log stream does not exist.");

export const alreadyExists = (what: string): AwsError =>
  new AwsError(400, "ResourceAlreadyExistsException", `The specified ${what} already exists`);

export const invalidParameter = (message: string): AwsError =>
  new AwsError(400, "InvalidParameterException", message);
