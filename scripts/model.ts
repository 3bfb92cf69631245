/** `npm run model`: what traffic costs and needs, and what breaks first, worked out on paper. */
import {
  INPUTS,
  InvalidOption,
  type InputName,
  names,
  parseRequest,
  type Request,
} from "./model/inputs.ts";
import { attackReport, burstReport, monthReport, reconnectReport } from "./model/reports.ts";

function describe(name: InputName): string {
  const { default: value, description } = INPUTS[name];
  return `  --${name.padEnd(24)} ${String(value).padStart(7)}  ${description}`;
}

const USAGE = `Usage: npm run model -- [options]

Without a mode: cost of a month, load, and share of each quota. A list of numbers
(--messages-per-month 1e6,1e9) gives a column for each.

  --attack               what somebody who knows the URL can cost in an hour
  --burst <messages>     simulates messages that come at once to a cold stack
  --reconnect <clients>  simulates clients that all lost their connection
  --help                 this text

Numbers, with their defaults:

${names().map(describe).join("\n")}
`;

function report(request: Request): string {
  switch (request.mode) {
    case "help":
      return USAGE;
    case "month":
      return monthReport(request.scenarios);
    case "attack":
      return attackReport(request.inputs);
    case "burst":
      return burstReport(request.messages, request.inputs);
    case "reconnect":
      break;
  }
  return reconnectReport(request.clients, request.inputs);
}

try {
  console.log(report(parseRequest(process.argv.slice(2))));
} catch (error) {
  if (!(error instanceof InvalidOption)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
