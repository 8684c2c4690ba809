import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  CfnFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { BUNDLE } from './bundle.ts';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName, type FunctionShape } from './functions.ts';
import { LOG_RETENTION } from './logs.ts';
import { acknowledge } from './nag.ts';
import type { UsherOptions } from './options.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export type UsherFunctions = Readonly<Record<FunctionName, NodejsFunction>>;

/** Every Lambda, each with its own role, log group and bundle. They can do nothing yet: see `grants.ts`. */
export function createFunctions(stack: Stack, options: UsherOptions): UsherFunctions {
  const entries = FUNCTION_NAMES.map(name => [name, createFunction(stack, name, options)] as const);
  return Object.fromEntries(entries) as Record<FunctionName, NodejsFunction>;
}

function createFunction(stack: Stack, name: FunctionName, options: UsherOptions): NodejsFunction {
  const shape: FunctionShape = FUNCTIONS[name];
  const id = pascalCase(name);
  const logGroup = new LogGroup(stack, `${id}Logs`, {
    retention: LOG_RETENTION,
    removalPolicy: options.stage === null ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  const role = new Role(stack, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  // Not AWS's managed policy, which lets a function write to every log group of the account.
  logGroup.grant(role, 'logs:CreateLogStream', 'logs:PutLogEvents');

  const lambda = new NodejsFunction(stack, id, {
    entry: `${ROOT}${shape.entry}`,
    projectRoot: ROOT,
    depsLockFilePath: `${ROOT}package-lock.json`,
    handler: 'handler',
    description: shape.description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: shape.memoryMegabytes,
    timeout: Duration.seconds(shape.timeoutSeconds),
    ...(options.reserveWorker &&
      shape.executionsAtOnceMax !== undefined && { reservedConcurrentExecutions: shape.executionsAtOnceMax }),
    bundling: {
      format: OutputFormat.ESM,
      target: BUNDLE.target,
      mainFields: BUNDLE.mainFields,
      minify: BUNDLE.minify,
      sourceMap: BUNDLE.sourcemap,
      // Without this CDK leaves the whole SDK to the runtime.
      externalModules: BUNDLE.external,
      logLevel: LogLevel.WARNING,
    },
    awsSdkConnectionReuse: false,
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    applicationLogLevelV2: ApplicationLogLevel.INFO,
    systemLogLevelV2: SystemLogLevel.INFO,
  });
  traceActively(lambda, role);
  return lambda;
}

/**
 * Lambda's own tracing. Not by the construct's `tracing` property: that puts X-Ray's `*` resource into the
 * function's main policy, where acknowledging it would hide every other `*`.
 */
function traceActively(lambda: NodejsFunction, role: Role): void {
  const policy = new Policy(lambda, 'Tracing', {
    roles: [role],
    statements: [
      new PolicyStatement({
        actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
        resources: ['*'],
      }),
    ],
  });
  acknowledge(
    policy,
    'AwsSolutions-IAM5[Resource::*]',
    'X-Ray has no resource to name in these two actions.',
  );
  const resource = lambda.node.defaultChild;
  if (!(resource instanceof CfnFunction)) throw new Error('A function without its CloudFormation resource.');
  resource.tracingConfig = { mode: 'Active' };
  resource.node.addDependency(policy);
}

function pascalCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_whole, _dash, letter: string) => letter.toUpperCase());
}
