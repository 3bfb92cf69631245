import { JOB, messageEvent } from "./events.ts";
import { createFunctionFiles } from "./function-files.ts";
import { startFunction } from "./function-start.ts";
import { median } from "./median.ts";
import type { BenchOptions, Figure, Report } from "./report.ts";
import type { FunctionStart } from "./start-function.ts";
import { functionVariables, startStubAws } from "./stub-aws.ts";

const events = { empty: {}, "websocket-handler": messageEvent(), processor: JOB };

/**
 * Measures the time from the start of a process to the first response of a function, and its parts: the
 * import and the first call of the SDK. The reference is the whole time of an empty function.
 */
export async function measureColdStarts({ short }: BenchOptions): Promise<Report> {
  const files = await createFunctionFiles();
  const stub = await startStubAws();
  try {
    const starter = await files.compile("start-function.ts");
    const empty = { stdin: { contents: "export const handler = async () => {};" } };
    const functions = [
      { name: "empty", file: await files.bundle("empty", empty), starts: Array<FunctionStart>() },
      ...(await Promise.all(
        (["websocket-handler", "processor"] as const).map(async (name) => ({
          name,
          file: await files.bundle(name),
          starts: Array<FunctionStart>(),
        })),
      )),
    ];
    for (let round = 0; round < (short ? 7 : 15); round += 1)
      for (const { name, file, starts } of functions) {
        const event = events[name as keyof typeof events];
        starts.push(await startFunction(starter, file, event, functionVariables(stub.endpoint)));
      }
    return report(functions);
  } finally {
    stub.close();
    await files.remove();
  }
}

function report(functions: { name: string; starts: FunctionStart[] }[]): Report {
  const [empty, ...others] = functions;
  const medianOf = (starts: FunctionStart[] = [], what: keyof FunctionStart) =>
    median(starts.map((start) => start[what]));
  const figures = others.flatMap(({ name, starts }) => {
    const figure = (
      what: string,
      of: keyof FunctionStart,
      reference: keyof FunctionStart,
    ): Figure => ({
      name: `${what} of ${name}`,
      value: medianOf(starts, of),
      reference: medianOf(empty?.starts, reference),
      unit: "ms",
    });
    return [
      figure("start to first response", "all", "all"),
      figure("CPU, start to first response", "cpu", "cpu"),
      figure("import", "import", "all"),
      figure("first call", "firstCall", "all"),
    ];
  });
  return { title: "Cold starts", reference: "the start of an empty function", figures };
}
