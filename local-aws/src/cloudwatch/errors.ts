import type { AwsError } from "../protocols/aws-error.ts";
import { queryCode as commonQueryCode } from "../protocols/query-protocol.ts";

/** The errors of CloudWatch's model, and their codes in the query protocol. */
export const errorCodes: Readonly<Record<string, string>> = {
  DashboardInvalidInputError: "InvalidParameterInput",
  DashboardNotFoundError: "ResourceNotFound",
  InvalidNextToken: "InvalidNextToken",
  InvalidParameterValueException: "InvalidParameterValue",
  ResourceNotFound: "ResourceNotFound",
  ResourceNotFoundException: "ResourceNotFoundException",
  ValidationException: "ValidationError",
};

export const queryCode = ({ code }: AwsError): string => errorCodes[code] ?? commonQueryCode(code);
