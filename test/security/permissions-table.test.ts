import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { State } from "@websocket-lambda/local-aws/testing";
import { readStack } from "../../scripts/start/stack.ts";

const read = (...path: string[]) =>
  readFileSync(join(import.meta.dirname, "..", "..", ...path), "utf8");

/** The resources of a stack with the authorizer. */
const { iam, regions }: State = JSON.parse(await readStack("authenticated"));

/** Shortens an ARN to its resource, with placeholders for ids. */
const short = (arn: string) =>
  arn
    .replace(/^arn:aws:[^:]+:[^:]*:[^:]*:/, "")
    .replace("websocket0", "{api}")
    .replace("authorizer-jwt", "{authorizer}");

interface Statement {
  Action: string | string[];
  Resource: string | string[];
}

const ofRoles = Object.values(iam.roles).flatMap(({ RoleName, policies }) =>
  Object.values(policies).flatMap((text) => {
    const { Statement: statements }: { Statement: Statement[] } = JSON.parse(text);
    return statements.flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource]
            .flat()
            .map((resource) => `the role \`${RoleName}\` | \`${action}\` | \`${short(resource)}\``),
        ),
    );
  }),
);

const functions = Object.values(regions["us-east-1"]?.lambda.functions ?? {});
const ofServices = functions.flatMap(({ policy }) =>
  Object.values(policy).map(({ Action, Resource, Condition }) => {
    const source = Condition?.ArnLike?.["AWS:SourceArn"] ?? "anything";
    return `API Gateway, as \`${short(source)}\` | \`${Action}\` | \`${short(Resource)}\``;
  }),
);

test("the table in SECURITY.md has all permissions of the stack, and no others", () => {
  const [, section = ""] = read("SECURITY.md").split("## Permissions");
  const rows = [...section.matchAll(/^\| ((?:the role|API Gateway).*) \|$/gm)].map(([, row = ""]) =>
    row.replaceAll(/ +\| +/g, " | ").trim(),
  );
  expect(rows.toSorted()).toEqual([...ofRoles, ...ofServices].toSorted());
});
