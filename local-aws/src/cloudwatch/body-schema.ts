/** A message about a value in a JSON document, as AWS returns it. */
export interface ValidationMessage {
  /** A JSON pointer. */
  dataPath: string;
  message: string;
}

/** The findings of checks. An error rejects the document. A warning does not. */
export interface Findings {
  errors: ValidationMessage[];
  warnings: ValidationMessage[];
}

/** Checks a value, and adds errors and warnings to the findings. */
export type Check = (value: unknown, path: string, findings: Findings) => void;

type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function fail(findings: Findings, dataPath: string, message: string): void {
  findings.errors.push({ dataPath, message });
}

export const text =
  (pattern?: RegExp): Check =>
  (value, path, findings) => {
    if (typeof value !== "string") fail(findings, path, "Should be string");
    else if (pattern !== undefined && !pattern.test(value))
      fail(findings, path, `Should match pattern "${pattern.source}"`);
  };

export const bool: Check = (value, path, findings) => {
  if (typeof value !== "boolean") fail(findings, path, "Should be boolean");
};

/** Checks for a whole number. */
export const integer =
  ({ min = -Infinity, max = Infinity } = {}): Check =>
  (value, path, findings) => {
    if (!Number.isInteger(value)) fail(findings, path, "Should be integer");
    else if (Number(value) < min) fail(findings, path, `Should be >= ${min}`);
    else if (Number(value) > max) fail(findings, path, `Should be <= ${max}`);
  };

export const list =
  (item: Check, { min = 0, max = Infinity } = {}): Check =>
  (value, path, findings) => {
    if (!Array.isArray(value)) {
      fail(findings, path, "Should be array");
      return;
    }
    if (value.length < min) fail(findings, path, `Should NOT have less than ${min} items`);
    if (value.length > max) fail(findings, path, `Should NOT have more than ${max} items`);
    value.forEach((each: unknown, index) => item(each, `${path}/${index}`, findings));
  };

/**
 * Checks for an object.
 * @param options.members the checks of the members, in the order of AWS's messages.
 * @param options.required Default: none.
 * @param options.unexpected the warning for any other member. Default: other members are allowed.
 * @param options.more a check of the entire object.
 */
export const object =
  (options: {
    members?: Readonly<Record<string, Check>>;
    required?: readonly string[];
    unexpected?: (name: string) => string;
    more?: (value: Json, path: string, findings: Findings) => void;
  }): Check =>
  (value, path, findings) => {
    if (!isObject(value)) {
      fail(findings, path, "Should be object");
      return;
    }
    const { members = {}, required = [], unexpected, more } = options;
    for (const name of Object.keys(value))
      if (unexpected !== undefined && !Object.hasOwn(members, name))
        findings.warnings.push({ dataPath: path, message: unexpected(name) });
    for (const name of required)
      if (!Object.hasOwn(value, name)) fail(findings, path, missing(name));
    for (const [name, check] of Object.entries(members))
      if (Object.hasOwn(value, name)) check(value[name], `${path}/${name}`, findings);
    more?.(value, path, findings);
  };

export const missing = (name: string): string => `Should have required property '${name}'`;

/** Turns the errors of a check into warnings, which do not reject the document. */
export const warning =
  (check: Check): Check =>
  (value, path, { warnings }) =>
    check(value, path, { errors: warnings, warnings });

/** Checks for one of several strings. Any other string is a warning, and CloudWatch ignores it. */
export const choice =
  (...values: readonly string[]): Check =>
  (value, path, findings) => {
    if (typeof value !== "string") {
      fail(findings, path, "Should be string");
      return;
    }
    if (values.includes(value)) return;
    const name = path.slice(path.lastIndexOf("/") + 1);
    const message = `The value of "${name}" property is not valid. Should be equal to one of the allowed values: ${values.join()}`;
    findings.warnings.push({ dataPath: path, message });
  };
