import * as v from "valibot";

const tooLong = "Invalid LogGroup or LogStream, both must have length less than or equal to 512.";

/** A regular expression of AWS's model, which matches a whole value. */
export const pattern = (source: string): v.RegexAction<string, undefined> =>
  v.regex(new RegExp(`^${source}$`));

export const GroupName = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(512, tooLong),
  pattern(String.raw`[\.\-_/#A-Za-z0-9]+`),
);

/** The name of a log group, or its ARN without the `:*` at its end. */
export const GroupIdentifier = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(2048),
  pattern(String.raw`[\w#+=/:,.@-]*`),
);

export const StreamName = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(512, tooLong),
  pattern("[^:*]*"),
);

export const FilterName = v.pipe(v.string(), v.minLength(1), v.maxLength(512), pattern("[^:*]*"));
