import { AwsError } from "../../protocols/aws-error.ts";
import { invalidParameter } from "../log-errors.ts";
import { expressionCharacter, openQuotedForm } from "./literal.ts";

/** Every token of a pattern is valid, but not their order. FilterLogEvents has its own message for it. */
export class UnexpectedToken extends AwsError {
  constructor(message: string) {
    super(400, "InvalidParameterException", message);
  }
}

export const invalidPattern = (): AwsError => new UnexpectedToken("Invalid metric filter pattern");

const invalidCharacters = (text: string) => `Invalid character(s) in term '${text}'`;

/** The error for a token where AWS expects one of a few others, such as a number after `>`. */
export const unexpected = (token: string): AwsError =>
  new UnexpectedToken(invalidCharacters(token));

/** How a token can begin that is incomplete, with the character that does not continue it. */
const incompleteToken = new RegExp(
  String.raw`${openQuotedForm}|%${expressionCharacter}*.?|[!&|].?|\$\.?.?|\[(?:\d+|\*)?.?|.`,
  "suy",
);

/**
 * The error for text that is not a token.
 * @param rest the pattern from the first character that is not part of a token.
 */
export function invalidToken(rest: string): AwsError {
  incompleteToken.lastIndex = 0;
  const [text = ""] = incompleteToken.exec(rest.trimStart()) ?? [];
  return invalidParameter(invalidCharacters(text));
}
