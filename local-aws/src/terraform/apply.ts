/** Applies a root module, and reads the messages of Terraform. */
import * as v from "valibot";
import type { Terraform } from "./terraform-program.ts";

/** An error that Terraform reports, such as that of a request to AWS. */
export interface Diagnostic {
  /**
   * The resource, such as `aws_lambda_function.chat`, or undefined if the error belongs to no resource.
   */
  address: string | undefined;
  message: string;
}

export interface Applied {
  errors: Diagnostic[];
  /** The addresses of planned changes that did not start, because a change they depend on failed. */
  untried: string[];
}

const Change = v.object({ resource: v.object({ addr: v.string() }) });

/** https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
const Message = v.object({
  "@message": v.string(),
  type: v.string(),
  change: v.optional(Change),
  hook: v.optional(v.partial(Change)),
  diagnostic: v.optional(
    v.object({
      severity: v.string(),
      summary: v.string(),
      detail: v.optional(v.string(), ""),
      address: v.optional(v.string()),
    }),
  ),
});

/**
 * Applies the module without asking for approval.
 * @param options.args further arguments, such as `-var-file=test.tfvars`.
 * @param options.onProgress is called with a line for each change that is complete.
 */
export async function apply(
  terraform: Terraform,
  options: { args: readonly string[]; onProgress(line: string): void },
): Promise<Applied> {
  const errors: Diagnostic[] = [];
  const untried = new Set<string>();
  const args = ["apply", "-json", "-auto-approve", "-input=false", ...options.args];
  const { code, stdout, stderr } = await terraform.run(args, (line) => {
    const message = parseMessage(line);
    if (message?.type === "apply_complete") options.onProgress(message["@message"]);
    const { change, hook, diagnostic } = message ?? {};
    if (message?.type === "planned_change" && change) untried.add(change.resource.addr);
    if (message?.type === "apply_start" && hook?.resource) untried.delete(hook.resource.addr);
    if (diagnostic?.severity !== "error") return;
    const { address, summary, detail } = diagnostic;
    errors.push({ address, message: detail === "" ? summary : `${summary}\n${detail}` });
  });
  if (code !== 0 && errors.length === 0)
    errors.push({ address: undefined, message: (stderr || stdout).trim() });
  return { errors, untried: [...untried].toSorted() };
}

function parseMessage(line: string): v.InferOutput<typeof Message> | undefined {
  try {
    return v.parse(Message, JSON.parse(line));
  } catch {
    // Terraform also prints lines that are not messages.
    return undefined;
  }
}

/**
 * Captures the error of the local AWS, which follows the request ID in an error of the AWS provider.
 */
const AWS_ERROR = /RequestID: [^,]*, (?:api error \w+: )?([^]*)$/;

/** Returns an error as a line with the resource, without the details of the request. */
export function describeError({ address, message }: Diagnostic): string {
  const text = (AWS_ERROR.exec(message)?.[1] ?? message).replaceAll(/\s+/g, " ").trim();
  return address === undefined ? text : `${address}: ${text}`;
}

/** Returns whether a request failed because the local AWS does not implement it. */
export const isRefusal = ({ message }: Diagnostic): boolean =>
  /StatusCode: 501|The local AWS does not implement/.test(message);
