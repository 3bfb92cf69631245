import * as v from "valibot";

export const tagListSchema = v.pipe(
  v.array(
    v.strictObject({
      Key: v.pipe(
        v.string(),
        v.minLength(1),
        v.maxLength(128),
        v.regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u),
      ),
      Value: v.pipe(v.string(), v.maxLength(256), v.regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u)),
    }),
  ),
  v.maxLength(50),
);

export const tagRecord = (tags: v.InferOutput<typeof tagListSchema>): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

/** Returns the tags as a list, or undefined if there are none. */
export function tagList(tags: Readonly<Record<string, string>>) {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return list.length === 0 ? undefined : list;
}
