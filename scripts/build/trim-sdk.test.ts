import { build, type Plugin } from "esbuild";
import { expect, test } from "vitest";
import { inlineConstantKeys, trimSdk } from "./trim-sdk.ts";

test("a key that is a string constant is inlined, and any other key is unchanged", () => {
  const constants = 'const _h = "http";\nconst _n = number;\n';
  expect(inlineConstantKeys(`${constants}[9, _h, { [_h]: 1, [_n]: 2, [_x]: 3 }]`)).toBe(
    `${constants}[9, _h, { "http": 1, [_n]: 2, [_x]: 3 }]`,
  );
});

/** A fake SDK that contains only these modules, given by name and source. */
const fakeSdk = (modules: Record<string, string>): Plugin => ({
  name: "fake-sdk",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@(aws-sdk|smithy)\// }, ({ path }) => ({
      path: path.endsWith(".js") ? `/node_modules/${path}` : path,
      ...(!path.endsWith(".js") && { namespace: "fake" }),
    }));
    onLoad({ filter: /.*/, namespace: "fake" }, ({ path }) => ({ contents: modules[path] ?? "" }));
  },
});

const bundle = (contents: string, modules: Record<string, string>) =>
  build({
    stdin: { contents },
    bundle: true,
    write: false,
    logLevel: "silent",
    plugins: [trimSdk, fakeSdk(modules)],
  });

test("a build fails if the SDK no longer contains a module that is replaced", async () => {
  const client = 'import "@aws-sdk/client-lambda";';
  const sdk = { "@aws-sdk/client-lambda": 'import "@aws-sdk/credential-provider-node";' };
  await expect(bundle(client, sdk)).rejects.toMatchObject({
    errors: [
      { text: expect.stringMatching(/no longer contains @smithy\/core\/event-streams\. Update/) },
      { text: expect.stringMatching(/no longer contains .*schemas_/) },
    ],
  });
});

test("a build without a client of the SDK does not need these modules", async () => {
  await expect(bundle("console.log(1);", {})).resolves.toMatchObject({ errors: [] });
});
