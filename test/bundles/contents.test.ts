import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { DIST } from "../../scripts/build/index.ts";
import { bundleOptions } from "../../scripts/build/options.ts";

/** The modules of Node.js that the SDK needs. Each takes time to load at a cold start. */
const modulesOfSdk = [
  "node:async_hooks",
  "node:crypto",
  "node:fs",
  "node:fs/promises",
  "node:http",
  "node:https",
  "node:os",
  "node:path",
  "node:process",
  "node:stream",
];

/** The packages in each bundle, and the maximum bytes of the bundle. */
const bundles = {
  "websocket-handler": {
    limit: 250_000,
    packages: [
      "@aws-sdk/client-apigatewaymanagementapi",
      "@aws-sdk/client-lambda",
      "@aws-sdk/core",
      "@aws-sdk/credential-provider-env",
      "@aws/lambda-invoke-store",
      "@middy/core",
      "@middy/http-json-body-parser",
      "@middy/util",
      "@smithy/core",
      "@smithy/node-http-handler",
      "@smithy/signature-v4",
      "@smithy/types",
      "valibot",
    ],
    modules: [...modulesOfSdk, "node:timers"],
    errors: [
      "RejectedMessage",
      "HttpError",
      "ResourceNotFoundException",
      "CredentialsProviderError",
    ],
  },
  processor: {
    limit: 190_000,
    packages: [
      "@aws-sdk/client-apigatewaymanagementapi",
      "@aws-sdk/core",
      "@aws-sdk/credential-provider-env",
      "@aws/lambda-invoke-store",
      "@smithy/core",
      "@smithy/node-http-handler",
      "@smithy/signature-v4",
      "@smithy/types",
      "valibot",
    ],
    modules: modulesOfSdk,
    errors: ["GoneException", "ServiceException", "CredentialsProviderError"],
  },
  authorizer: {
    limit: 22_000,
    packages: ["aws-jwt-verify"],
    // The library imports `https` and `stream` to fetch keys. `IssuerKeys` replaces that code.
    modules: ["crypto", "https", "node:crypto", "stream"],
    errors: ["KeysUnavailable", "JwtBaseError", "JwtInvalidSignatureError"],
  },
};

const packageOf = (path: string) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];

async function bundle(name: string) {
  const entryPoints = [`functions/${name}/index.ts`];
  const { metafile } = await build({
    ...bundleOptions,
    entryPoints,
    outfile: "index.js",
    sourcemap: false,
    metafile: true,
    write: false,
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error("The build has no output.");
  return output;
}

describe.for(Object.entries(bundles))("the bundle of the %s", ([name, expected]) => {
  test("is small, and contains no code that never runs on Lambda", async () => {
    const { bytes, inputs } = await bundle(name);
    const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    const packages = new Set(used.flatMap(([path]) => packageOf(path) ?? []));
    expect([...packages].toSorted()).toEqual(expected.packages);
    expect(bytes).toBeLessThan(expected.limit);
  });

  test("loads no module of Node.js that it does not need", async () => {
    const { imports } = await bundle(name);
    const modules = new Set(imports.map(({ path }) => path));
    expect([...modules].toSorted()).toEqual(expected.modules);
  });

  test("describes only the operations of a service that are called", async () => {
    const { inputs } = await bundle(name);
    const schemas = Object.entries(inputs).filter(([path]) => path.includes("/schemas/schemas_"));
    const clients = expected.packages.filter((used) => used.startsWith("@aws-sdk/client-"));
    expect(schemas).toHaveLength(clients.length);
    // All of Lambda's are 46 KB.
    const large = schemas.filter(([, { bytesInOutput }]) => bytesInOutput > 9000);
    expect(large).toEqual([]);
  });

  test("keeps the name of each error class, because logs contain it", () => {
    const printed = execFileSync(
      process.execPath,
      [join(import.meta.dirname, "error-class-names.ts"), join(DIST, name, "index.js")],
      {
        encoding: "utf8",
        env: {
          AWS_REGION: "us-east-1",
          JWT_ISSUER: "https://issuer.example",
          MANAGEMENT_ENDPOINT: "http://localhost/stage",
          PROCESSOR_FUNCTION_NAME: "the-processor",
        },
      },
    );
    const names: string[] = JSON.parse(printed);
    expect(names).toEqual(expect.arrayContaining(expected.errors));
    // A minified name has a few letters, and two classes of one name get numbers.
    expect(names.filter((className) => !/^[A-Z]\w{6,}[A-Za-z]$/.test(className))).toEqual([]);
  });
});
