import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import ws from "ws/package.json" with { type: "json" };
import sdk from "@aws-sdk/client-apigatewayv2/package.json" with { type: "json" };
import { createApi } from "./api.ts";
import type { Bench } from "./bench.ts";
import { OPEN_ROUTES, type Observed, type Question } from "./question.ts";

/** What a run saw. */
export interface Recording {
  /** Only a run on AWS says anything about AWS. */
  target: "AWS" | "local AWS";
  region: string;
  startedAt: string;
  finishedAt: string | null;
  versions: Record<string, string>;
  answers: Answer[];
  /** Resources that could not be deleted. */
  left: string[];
}

export interface Answer {
  settles: string;
  question: string;
  askedAt: string;
  seconds: number;
  /** What could be seen, or the error that ended the procedure. */
  observed?: Observed;
  error?: string;
}

export interface RecordOptions {
  file: string;
  /** Called with each answer, as it comes. */
  onAnswer?(answer: Answer): void;
}

/**
 * Asks all questions at the same time, and writes the file after each answer. Deletes all resources,
 * also if a question fails.
 */
export async function record(
  bench: Bench,
  questions: readonly Question[],
  { file, onAnswer }: RecordOptions,
): Promise<Recording> {
  const startedAt = new Date().toISOString();
  const recording: Recording = {
    // Set below. The answers are those of AWS only if the API is one of AWS.
    target: "local AWS",
    region: bench.region,
    startedAt,
    finishedAt: null,
    versions: versions(),
    answers: [],
    left: [],
  };
  const save = () => writeFile(file, `${JSON.stringify(recording, null, 2)}\n`);
  try {
    const api = await createApi(bench, "open", { routes: OPEN_ROUTES, stages: ["dev"] });
    recording.target = targetOf(api.url("dev"));
    await save();
    await Promise.all(
      questions.map(async (question) => {
        const answer = withoutAccount(await answerTo(question, bench, async () => api));
        recording.answers.push(answer);
        onAnswer?.(answer);
        await save();
      }),
    );
  } finally {
    recording.left = await bench.close();
    recording.finishedAt = new Date().toISOString();
    await save();
  }
  return recording;
}

async function answerTo(
  question: Question,
  bench: Bench,
  openApi: Parameters<Question["ask"]>[1],
): Promise<Answer> {
  const start = Date.now();
  const result = await question.ask(bench, openApi).then(
    (observed) => ({ observed }),
    (error: unknown) => ({ error: String(error) }),
  );
  return {
    settles: question.settles,
    question: question.question,
    askedAt: new Date(start).toISOString(),
    seconds: Math.round((Date.now() - start) / 1000),
    ...result,
  };
}

/** AWS is what serves its WebSocket APIs under its own domain, with TLS. */
export const targetOf = (url: string): Recording["target"] =>
  /^wss:\/\/[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//.test(url)
    ? "AWS"
    : "local AWS";

/** The answer without the number of the account. */
const withoutAccount = (answer: Answer): Answer =>
  JSON.parse(JSON.stringify(answer).replaceAll(/(?<!\d)\d{12}(?!\d)/g, "123456789012"));

function versions(): Record<string, string> {
  const commit = execFileSync("git", ["rev-parse", "HEAD"], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  return { commit: commit.trim(), node: process.version, sdk: sdk.version, ws: ws.version };
}
