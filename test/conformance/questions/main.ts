/**
 * Asks AWS the open questions of docs/aws-contract.md, and writes what it saw to a file:
 * `node test/conformance/questions/main.ts <file> [<row> …]`. See the document for the costs.
 */
import { createClients } from "../clients.ts";
import { createBench } from "./bench.ts";
import { questions } from "./index.ts";
import { record } from "./record.ts";

const [file, ...rows] = process.argv.slice(2);
const unknown = rows.filter((row) => questions.every(({ settles }) => settles !== row));
if (file === undefined || unknown.length > 0) {
  console.error(
    unknown.length > 0
      ? `There is no question ${unknown.join(", ")}. The questions are:`
      : "Usage: node test/conformance/questions/main.ts <file> [<row> …]. The questions are:",
  );
  for (const { settles, question, minutes } of questions)
    console.error(`${settles} (${minutes} min) ${question}`);
  process.exit(2);
}

const asked =
  rows.length === 0 ? questions : questions.filter(({ settles }) => rows.includes(settles));
const clients = createClients({ maxAttempts: 10 });
const region = await clients.apigateway.config.region();
const bench = createBench(clients, { region });
console.log(
  `Asking ${asked.length} questions in ${region}. The longest takes ${Math.max(...asked.map(({ minutes }) => minutes))} minutes.`,
);
process.once("SIGINT", () => {
  console.log("Deleting the resources.");
  void bench.close().then((left) => {
    for (const line of left) console.error(`Not deleted: ${line}`);
    process.exit(130);
  });
});
const { target, left } = await record(bench, asked, {
  file,
  onAnswer: ({ settles, error }) =>
    console.log(error === undefined ? settles : `${settles}: ${error}`),
});
console.log(`Wrote ${file}: what ${target} does.`);
for (const line of left) console.error(`Not deleted: ${line}`);
