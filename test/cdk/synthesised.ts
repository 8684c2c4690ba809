import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from '../../cdk/functions.ts';
import { readOptions, type UsherOptions } from '../../cdk/options.ts';
import { UsherStack } from '../../cdk/stack.ts';

const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

/** What nothing on the command line gives. */
const DEFAULT_OPTIONS = readOptions(() => undefined);

/** The stack as `cdk deploy` makes it, feature flags included, but without bundling: that has its own test. */
export function createStack(options: Partial<UsherOptions> = {}): { app: App; stack: UsherStack } {
  const app = new App({
    // Not a new folder under /tmp for every stack of every run.
    outdir: `cdk.out/test-${process.env.JEST_WORKER_ID ?? 'alone'}`,
    context: { ...context, 'aws:cdk:bundling-stacks': [] },
  });
  return { app, stack: new UsherStack(app, 'Usher', { ...DEFAULT_OPTIONS, ...options }) };
}

export function synthesise(options: Partial<UsherOptions> = {}): Template {
  return Template.fromStack(createStack(options).stack);
}

/** The stack in us-east-1 that an edge brings with it. */
export function firewallOf(app: App): Stack {
  const stack = app.node.findChild('Usher-Firewall');
  if (!Stack.isStack(stack)) throw new Error('no firewall');
  return stack;
}

type Resource = {
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is JSON of no particular type; the tests assert on it.
  readonly properties: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly whole: any;
};

/** Every resource of one type. */
export function resourcesOf(template: Template, type: string): readonly Resource[] {
  return Object.entries(template.findResources(type)).map(([id, whole]) => ({
    id,
    properties: whole.Properties ?? {},
    whole,
  }));
}

/** The functions of the template by their names in `FUNCTIONS`, found by what they say of themselves. */
export function functionsOf(template: Template): ReadonlyMap<FunctionName, Resource> {
  const lambdas = resourcesOf(template, 'AWS::Lambda::Function');
  return new Map(
    FUNCTION_NAMES.map(name => {
      const found = lambdas.filter(
        ({ properties }) => properties.Description === FUNCTIONS[name].description,
      );
      if (found.length !== 1 || found[0] === undefined)
        throw new Error(`${found.length} functions are ${name}`);
      return [name, found[0]];
    }),
  );
}
