import * as v from "valibot";

const characters = String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]`;
const satisfies = (form: string) =>
  v.regex(new RegExp(form, "u"), `Member must satisfy regular expression pattern: ${form}`);

export const TagKey = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(128),
  satisfies(`^(${characters}+)$`),
);

const TagValue = v.pipe(v.string(), v.maxLength(256), satisfies(`^(${characters}*)$`));

export const Tags = v.pipe(
  v.record(TagKey, TagValue),
  v.maxEntries(50, "Member must have length less than or equal to 50"),
);
