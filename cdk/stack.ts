import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { HTTP_FUNCTIONS } from '../functions/routes.ts';
import { createAlarmTopic } from './alarm-topic.ts';
import { createAlarms } from './alarms.ts';
import { createApi } from './api.ts';
import { publishChanges, runEveryMinute, runJobEveryMinute, runSearches } from './background.ts';
import { createEdge, createEdgeSecret } from './edge.ts';
import { FirewallStack } from './firewall.ts';
import {
  admitFromEdge,
  grantPublish,
  grantSearch,
  grantSwitch,
  grantTable,
  limitStarts,
  trustTokens,
} from './grants.ts';
import { createIdentity } from './identity.ts';
import { createFunctions, type UsherFunctions } from './lambda.ts';
import { deploymentName, type UsherOptions } from './options.ts';
import { createQueues } from './queues.ts';
import { createTable } from './table.ts';
import { TABLE_USE, TABLE_USERS } from './table-use.ts';

/** They ask for a search when they may have freed an agent, could not give a chat out or queued it, or a minute has begun. */
const SEARCH_SENDERS = ['start-chat', 'chats', 'agents', 'admin', 'search', 'minute', 'job-minute'] as const;

/** All of Usher on AWS, in whatever account and region it is deployed to. */
export class UsherStack extends Stack {
  constructor(scope: Construct, id: string, options: UsherOptions) {
    super(scope, id, {
      description: 'Usher decides which agent gets a chat',
      terminationProtection: options.stage === null,
    });
    const table = createTable(this, options);
    const queues = createQueues(this);
    const bus = new EventBus(this, 'Bus', { eventBusName: deploymentName(options) });
    const issuer = createIdentity(this, options);
    const functions = createFunctions(this, options);

    for (const name of TABLE_USERS) grantTable(functions[name], table, TABLE_USE[name]);
    for (const name of SEARCH_SENDERS) grantSearch(functions[name], queues.search);
    for (const name of HTTP_FUNCTIONS) trustTokens(functions[name], issuer);
    limitStarts(functions['start-chat'], options);
    grantPublish(functions.publish, bus);

    runSearches(functions, queues);
    runEveryMinute(this, functions, queues);
    grantSwitch(functions.admin, runJobEveryMinute(this, functions, queues));
    publishChanges(this, table, functions, queues);
    const api = createApi(this, functions, issuer, options);
    const url = options.edge ? this.#putEdgeBefore(api, functions, options) : api.apiEndpoint;

    const topic = createAlarmTopic(this, options);
    createAlarms(this, { functions, queues, api, topic });
    new CfnOutput(this, 'ApiUrl', { value: url });
    new CfnOutput(this, 'EventBusName', { value: bus.eventBusName });
    new CfnOutput(this, 'AlarmTopicArn', { value: topic.topicArn });
    // What the README's ways back from the dead letters ask for.
    new CfnOutput(this, 'SearchDeadLettersArn', { value: queues.dead.search.queueArn });
    new CfnOutput(this, 'MinuteDeadLettersUrl', { value: queues.dead.minute.queueUrl });
    new CfnOutput(this, 'PublishDeadLettersUrl', { value: queues.dead.publish.queueUrl });
    new CfnOutput(this, 'PublishFunctionName', { value: functions.publish.functionName });
  }

  /** Requests are then answered only if they come by the edge, whose URL this is. */
  #putEdgeBefore(api: HttpApi, functions: UsherFunctions, options: UsherOptions): string {
    const firewall = new FirewallStack(this.node.scope ?? this, `${this.node.id}-Firewall`, options);
    this.addStackDependency(firewall);
    const secret = createEdgeSecret(this);
    for (const name of HTTP_FUNCTIONS) admitFromEdge(functions[name], secret);
    const edge = createEdge(this, api, secret, firewall.webAclArn, options);
    return `https://${options.edgeDomain ?? edge.distributionDomainName}`;
  }
}
