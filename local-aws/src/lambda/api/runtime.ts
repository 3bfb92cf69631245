import * as v from "valibot";
import { notImplemented } from "../../protocols/aws-error.ts";
import { isRuntime, type Runtime, RUNTIMES } from "../environment/node-executable.ts";
import { invalid } from "./function-name.ts";

/**
 * The versions of Node.js with which functions can no longer be created. Lambda creates functions with
 * the deprecated nodejs16.x, nodejs18.x and nodejs20.x until 1 February 2027, a date that it has
 * postponed several times. Our choice: after that date, the local AWS still creates them.
 * @see https://github.com/aws/aws-rfdk/pull/1703
 */
const RETIRED = /^nodejs(4\.3|4\.3-edge|6\.10|8\.10|1[024]\.x)?$/;
/** Lambda's other runtimes. */
const NOT_IMPLEMENTED = /^(nodejs26\.x|(dotnet(core)?|go|java|provided|python|ruby)[\w.]*)$/;

/** A runtime that the local AWS implements. */
export const runtime = v.custom<Runtime>((input) => {
  if (isRuntime(input)) return true;
  if (typeof input !== "string") return false;
  if (NOT_IMPLEMENTED.test(input)) throw notImplemented(`Runtime ${JSON.stringify(input)}`);
  const newest = RUNTIMES.at(-1);
  throw RETIRED.test(input)
    ? invalid(
        `The runtime parameter of ${input} is no longer supported for creating or updating AWS Lambda functions. We recommend you use the new runtime (${newest}) while creating or updating functions.`,
      )
    : // Our choice: the message lists the runtimes of the local AWS. On AWS, it lists those of AWS.
      invalid(
        `Value ${input} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${RUNTIMES.join(", ")}] or be a valid ARN`,
      );
});
