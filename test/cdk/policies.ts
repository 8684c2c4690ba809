import type { Template } from 'aws-cdk-lib/assertions';
import type { FunctionName } from '../../cdk/functions.ts';
import { functionsOf, resourcesOf } from './synthesised.ts';

type Statement = { readonly Action: string | readonly string[]; readonly Resource: unknown };

/** X-Ray has no resources to name in these. */
const WITHOUT_RESOURCES = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];

/** The statements of every policy of an identity, by the policy's id. */
function identityStatements(template: Template): ReadonlyMap<string, readonly Statement[]> {
  return new Map(
    resourcesOf(template, 'AWS::IAM::Policy').map(({ id, properties }) => [
      id,
      properties.PolicyDocument.Statement,
    ]),
  );
}

function actionsOf({ Action }: Statement): readonly string[] {
  return typeof Action === 'string' ? [Action] : Action;
}

/** Everything that one function may do. */
export function allowedActions(template: Template, name: FunctionName): ReadonlySet<string> {
  const role = functionsOf(template).get(name)?.properties.Role['Fn::GetAtt'][0];
  const policies = resourcesOf(template, 'AWS::IAM::Policy').filter(({ properties }) =>
    properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role),
  );
  const statements = identityStatements(template);
  return new Set(policies.flatMap(({ id }) => statements.get(id)?.flatMap(actionsOf) ?? []));
}

/** Every `*` in what identities may do, as `{policy}: {what}`; what can hide wildcards elsewhere counts too. */
export function wildcardsIn(template: Template): readonly string[] {
  const inPolicies = [...identityStatements(template)].flatMap(([id, statements]) =>
    statements.flatMap(statement => [
      ...actionsOf(statement)
        .filter(action => action.includes('*'))
        .map(action => `${id}: ${action}`),
      ...(hasWildcardResource(statement) ? [`${id}: resource ${JSON.stringify(statement.Resource)}`] : []),
    ]),
  );
  const elsewhere = resourcesOf(template, 'AWS::IAM::Role')
    .filter(({ properties }) => properties.ManagedPolicyArns ?? properties.Policies)
    .map(({ id }) => `${id}: managed or inline policies`);
  return [...inPolicies, ...elsewhere];
}

function hasWildcardResource(statement: Statement): boolean {
  if (!JSON.stringify(statement.Resource).includes('*')) return false;
  return !(
    statement.Resource === '*' && actionsOf(statement).every(action => WITHOUT_RESOURCES.includes(action))
  );
}
