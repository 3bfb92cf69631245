import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as v from "valibot";
import type { Route } from "../../protocols/rest-json-protocol.ts";
import { checkIdle, latestOf } from "../function-changes.ts";
import type { FunctionConfiguration, LambdaFunction, PublishedVersion } from "../state.ts";
import {
  describeCode,
  describeVersion,
  summarizeFunction,
  summarizeVersion,
} from "./description.ts";
import { functionName, invalid, namespacedFunctionName } from "./function-name.ts";
import { type FunctionsApi, functionRoute } from "./function-route.ts";
import { markedPage, pagingInput } from "./paging.ts";
import { checkRevision, revisionId } from "./revision.ts";

/**
 * Publishes the latest configuration and code of a function as its next version. Returns the last version
 * if neither has changed since.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
export function publishVersion(target: LambdaFunction, description?: string): PublishedVersion {
  const { configuration, zipFile } = latestOf(target);
  const code = describeCode(zipFile);
  const published = settingsOf(configuration);
  const { versions = [], lastVersion = 0 } = target;
  const last = versions.at(-1);
  const isPublished =
    last?.code.CodeSha256 === code.CodeSha256 && isDeepStrictEqual(last.published, published);
  if (last !== undefined && isPublished) return last;
  const Description = description ?? configuration.Description;
  const version: PublishedVersion = {
    Version: String(lastVersion + 1),
    configuration: { ...configuration, Description, RevisionId: randomUUID() },
    code,
    published,
  };
  target.versions = [...versions, version];
  target.lastVersion = lastVersion + 1;
  configuration.RevisionId = randomUUID();
  return version;
}

/** Returns the settings that are compared with those of the last version. */
function settingsOf(configuration: FunctionConfiguration): PublishedVersion["published"] {
  const { RevisionId: _, LastModified: __, ...settings } = configuration;
  return settings;
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html */
export function versionRoutes(api: FunctionsApi): Route[] {
  const path = "/2015-03-31/functions/{FunctionName}/versions";
  return [
    functionRoute(api, {
      name: "PublishVersion",
      method: "POST",
      path,
      status: 201,
      input: v.strictObject({
        FunctionName: functionName,
        CodeSha256: v.exactOptional(v.string(), ""),
        Description: v.exactOptional(v.pipe(v.string(), v.maxLength(256))),
        RevisionId: revisionId,
      }),
      handle(target, { CodeSha256, Description, RevisionId }) {
        checkRevision(target, RevisionId);
        const latest = describeCode(latestOf(target).zipFile);
        if (CodeSha256 !== "" && CodeSha256 !== latest.CodeSha256)
          throw invalid(
            `CodeSHA256 (${CodeSha256}) is different from current CodeSHA256 in $LATEST (${latest.CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
          );
        checkIdle(target);
        return describeVersion(target, publishVersion(target, Description));
      },
    }),
    functionRoute(api, {
      name: "ListVersionsByFunction",
      method: "GET",
      path,
      input: v.strictObject({
        FunctionName: namespacedFunctionName,
        ...pagingInput,
      }),
      handle(target, paging) {
        const latest = summarizeFunction(target);
        const listed = [
          { ...latest, FunctionArn: `${latest.FunctionArn}:$LATEST` },
          ...(target.versions ?? []).map(summarizeVersion),
        ];
        const { page, ...next } = markedPage(listed, ({ Version }) => Version, paging);
        return { Versions: page, ...next };
      },
    }),
  ];
}
