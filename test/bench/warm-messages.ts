import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { BuildOptions, Plugin } from "esbuild";
import { bundleOptions } from "../../scripts/build/options.ts";
import { JOB, messageEvent, REPLY } from "./events.ts";
import { createFunctionFiles, type FunctionFiles } from "./function-files.ts";
import { median } from "./median.ts";
import type { BenchOptions, Figure, Report } from "./report.ts";
import { functionVariables, startStubAws } from "./stub-aws.ts";
import type { WarmCalls } from "./warm-calls.ts";

const run = promisify(execFile);

/** A function that only makes the SDK call of our function, with the same client. */
const bare = {
  "websocket-handler": `
    import { InvokeCommand } from "@aws-sdk/client-lambda";
    import { createLambdaClient } from "./shared/aws-clients.ts";
    const client = createLambdaClient();
    export const handler = ({ Payload }) =>
      client.send(new InvokeCommand({ FunctionName: "the-processor", InvocationType: "Event", Payload }));`,
  processor: `
    import { PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
    import { createManagementClient } from "./shared/aws-clients.ts";
    const client = createManagementClient(process.env.MANAGEMENT_ENDPOINT);
    export const handler = ({ Payload: Data }) =>
      client.send(new PostToConnectionCommand({ ConnectionId: "c=", Data }));`,
};
type Name = keyof typeof bare;

const cases: { name: Name; event: object; payload: string }[] = [
  { name: "websocket-handler", event: messageEvent(), payload: JSON.stringify(JOB) },
  { name: "processor", event: JOB, payload: REPLY },
];

/** Replaces our client by one that sends no request. */
const withoutCalls: Plugin = {
  name: "without-calls",
  setup(build) {
    build.onLoad({ filter: /\/shared\/aws-clients\.ts$/ }, () => ({
      contents: `const client = { send: async () => ({}) };
        export const createLambdaClient = () => client;
        export const createManagementClient = () => client;`,
    }));
  },
};

const root = join(import.meta.dirname, "..", "..");
const bareOptions = (name: Name): BuildOptions => ({
  stdin: { contents: bare[name], resolveDir: root },
});
const callless = (name: Name): BuildOptions => ({
  entryPoints: [join(root, "functions", name, "index.ts")],
  plugins: [withoutCalls, ...bundleOptions.plugins],
});

/**
 * Measures the CPU time of a warm message: of the whole function, and of our code without the SDK call
 * (parsing, middy, validation, replying).
 */
export async function measureWarmMessages({ short }: BenchOptions): Promise<Report> {
  const files = await createFunctionFiles();
  const stub = await startStubAws();
  try {
    const caller = await files.compile("warm-calls.ts");
    const calls = short ? "100" : "200";
    const rounds = short ? "9" : "25";
    const figures: Figure[] = [];
    for (const { name, event, payload } of cases) {
      const reference = [
        await files.bundle(`bare ${name}`, bareOptions(name)),
        JSON.stringify({ Payload: payload }),
      ];
      for (const [what, file] of await variantsOf(files, name)) {
        const args = [caller, calls, rounds, file, JSON.stringify(event), ...reference];
        const { stdout } = await run(process.execPath, args, {
          env: functionVariables(stub.endpoint),
        });
        const measured: WarmCalls = JSON.parse(stdout);
        figures.push({
          name: `CPU of a message, ${name}, ${what}`,
          value: median(measured.map(([ours]) => ours)),
          reference: median(measured.map(([, theirs]) => theirs)),
          unit: "µs",
        });
      }
    }
    return { title: "Warm messages", reference: "the bare call of the SDK", figures };
  } finally {
    stub.close();
    await files.remove();
  }
}

const variantsOf = async (files: FunctionFiles, name: Name) =>
  [
    ["whole", await files.bundle(name)],
    ["ours", await files.bundle(`${name} without calls`, callless(name))],
  ] as const;
