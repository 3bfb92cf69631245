import * as v from "valibot";

export const tagListSchema = v.pipe(
  v.array(
    v.strictObject({
      Key: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
      Value: v.pipe(v.string(), v.maxLength(256)),
    }),
  ),
  v.maxLength(50),
);

export const tagRecord = (tags: v.InferOutput<typeof tagListSchema>): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
