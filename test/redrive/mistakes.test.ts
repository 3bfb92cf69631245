import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { startRecordingServer } from "../../shared/testing.ts";
import { shellOf, startRedrive } from "./redrive-run.ts";

const server = await startRecordingServer((_path, response: ServerResponse) => {
  response.writeHead(400, { "content-type": "application/x-amz-json-1.0" });
  response.end(
    JSON.stringify({ __type: "com.amazon.coral.service#AccessDeniedException", message: "No." }),
  );
});
const shell = shellOf(server);
const { AWS_REGION: _, ...withoutRegion } = shell;
const { AWS_ACCESS_KEY_ID: __, ...withoutCredentials } = shell;
/** No server listens on this port. */
const CLOSED_PORT = "http://127.0.0.1:1";

test.for<[string, RegExp, Record<string, string>, ...string[]]>([
  [
    "an unknown option",
    /^Unknown option '--sincee'\. For all options, run npm run redrive -- --help\.\n$/,
    shell,
    "--sincee",
  ],
  [
    "an option without its value",
    /^Option '--project <value>' argument missing\. For all options/,
    shell,
    "--project",
  ],
  ["no credentials", /^No valid AWS credentials: .* Set AWS_PROFILE, or/, withoutCredentials],
  ["no region", /^No valid AWS region: .* Set AWS_REGION/, withoutRegion],
  ["an empty region", /^No valid AWS region: .* Set AWS_REGION/, { ...shell, AWS_REGION: "" }],
  [
    "an endpoint without a server",
    /^AWS did not respond: connect ECONNREFUSED 127\.0\.0\.1:1\. Check the network/,
    { ...shell, AWS_ENDPOINT_URL: CLOSED_PORT },
  ],
  [
    "an endpoint that is not a URL",
    /^AWS_ENDPOINT_URL is not a valid URL\./,
    { ...shell, AWS_ENDPOINT_URL: "localhost" },
  ],
  ["no access", /^AWS returned an error: AccessDeniedException: No\.\n$/, shell],
])("%s is explained in one sentence, with exit code 2", async ([, sentence, env, ...args]) => {
  const { code, stdout, stderr } = await startRedrive(env, ...args).ended;
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/^ {4}at /m);
});

test("--help documents every exit code", async () => {
  const { code, stdout } = await startRedrive({}, "--help").ended;
  expect(code).toBe(0);
  expect(stdout.match(/^ {2}(\d+) /gm)).toEqual(["  0 ", "  1 ", "  2 ", "  130 "]);
});
