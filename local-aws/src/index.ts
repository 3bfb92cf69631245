export { createLocalAws, type LocalAws, type LocalAwsOptions } from "./local-aws.ts";
