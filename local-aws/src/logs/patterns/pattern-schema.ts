import * as v from "valibot";

export const PatternText = v.pipe(v.string(), v.maxLength(1024));
