/** The text of a policy document with these statements. */
export const policy = (...statements: object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** The text of a policy document that allows what a statement describes. */
export const allowing = (statement: object): string => policy({ Effect: "Allow", ...statement });

/** The trust policy of a role that Lambda can assume. */
export const lambdaTrust = (Action: string | string[] = "sts:AssumeRole"): string =>
  allowing({ Action, Principal: { Service: "lambda.amazonaws.com" } });
