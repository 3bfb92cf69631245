/** `npm run model`: calculates the cost of traffic, its load, and the quota that it reaches first. */
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

Prints the cost per month, the load, and the share of each quota. A list of numbers, for example
--messages-per-month 1e6,1e9, prints one column per number.

Use one of these options to calculate something else:

  --attack               the highest cost per hour that an attacker who knows the URL can cause
  --burst <messages>     simulate a burst of messages to a cold stack
  --reconnect <clients>  simulate clients that all lose their connection at the same time

  --help                 print this text

Inputs and their defaults:

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
