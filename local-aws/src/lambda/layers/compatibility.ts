import * as v from "valibot";

/*
 * The values and their order are those in the errors of AWS.
 * https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services/lambda_/test_lambda_api.snapshot.json
 */
const RUNTIMES =
  "ruby3.5, ruby2.6, dotnetcore1.0, python3.7, nodejs8.10, nasa, ruby2.7, python2.7-greengrass, dotnetcore2.0, python3.8, java21, dotnet6, dotnetcore2.1, python3.9, java11, nodejs6.10, provided, dotnetcore3.1, dotnet8, java25, java17, nodejs, nodejs4.3, java8.al2, go1.x, dotnet10, nodejs20.x, go1.9, byol, nodejs10.x, provided.al2023, nodejs22.x, python3.10, java8, nodejs12.x, python3.11, nodejs24.x, nodejs8.x, python3.12, nodejs14.x, nodejs8.9, nodejs26.x, python3.13, python3.14, nodejs16.x, python3.15, provided.al2, nodejs4.3-edge, nodejs18.x, ruby3.2, python3.4, ruby3.3, ruby3.4, ruby2.5, python3.6, python2.7".split(
    ", ",
  );

/** The runtimes in the error of PublishLayerVersion, which also accepts older ones. */
const NAMED_RUNTIMES =
  "nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, python3.10, python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, dotnet10, dotnet8, java11, dotnet6, nodejs18.x, provided.al2, java8.al2";

const ARCHITECTURES = ["x86_64", "arm64"];

/** The runtime that listed layers must be compatible with. */
export const compatibleRuntime = v.picklist(RUNTIMES);

export const compatibleArchitecture = v.picklist(ARCHITECTURES);

export const compatibleRuntimes = v.pipe(
  v.array(v.string()),
  v.maxLength(15),
  v.check(
    (runtimes) => runtimes.every((runtime) => RUNTIMES.includes(runtime)),
    `Member must satisfy enum value set: [${NAMED_RUNTIMES}]`,
  ),
);

export const compatibleArchitectures = v.pipe(
  v.array(v.string()),
  v.maxLength(2),
  v.check(
    (architectures) => architectures.every((each) => ARCHITECTURES.includes(each)),
    `Member must satisfy constraint: [Member must satisfy enum value set: [${ARCHITECTURES.join(", ")}], Member must not be null]`,
  ),
);
