/** Wrapper scripts in `AWS_LAMBDA_EXEC_WRAPPER`. */
import { strToU8, type Zippable, zipSync } from "fflate";
import { expect, test } from "vitest";
import { useLambda } from "../testing.ts";

const lambda = useLambda();

async function invoke(name: string, wrapper: string, files: Zippable = {}) {
  const target = lambda().define(name, "", {
    Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: wrapper } },
  });
  const code = "exports.handler = async () => [process.env.WRAPPED, process.execArgv.length > 0];";
  const zip = zipSync({ "index.js": strToU8(code), ...files });
  target.zipFile = Buffer.from(zip).toString("base64");
  return await lambda().invoke(name);
}

const unix = (mode: number) => ({ os: 3, attrs: mode << 16 });

test("the wrapper gets the command of the runtime as its arguments", async () => {
  const script = '#!/bin/sh\necho "wrapper of $AWS_LAMBDA_FUNCTION_NAME"\nWRAPPED=yes exec "$@"\n';
  const response = await invoke("wrapped", "/var/task/bin/wrapper", {
    "bin/wrapper": [strToU8(script), unix(0o100755)],
  });
  expect(response.payload).toEqual(["yes", true]);
  expect(lambda().messages("wrapped")).toContain("wrapper of wrapped\n");
});

test("the start fails if the wrapper is not executable, with the reason in the log", async () => {
  const { payload, requestId } = await invoke("not-executable", "/var/task/wrapper", {
    wrapper: [strToU8("#!/bin/sh"), unix(0o100644)],
  });
  expect(payload).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: exit status 126`,
  });
  const reason = expect.stringMatching(/^\/.+\/wrapper: is not an executable\n$/);
  expect(lambda().messages("not-executable")).toContainEqual(reason);
});
