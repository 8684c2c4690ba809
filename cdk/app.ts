/**
 * `npx cdk deploy --all` is the whole deployment (an account needs `npx cdk bootstrap` once, as for any CDK stack);
 * `npx cdk synth` needs neither an account nor the network.
 *
 * What differs between deployments comes from the context, `-c name=value` (all optional, see `options.ts`):
 *
 * - `stage`          a throw-away copy beside the real one, named after it; `cdk destroy` leaves nothing behind
 * - `alarmEmail`     an address that every alarm is mailed to
 * - `consoleUrl`     where people land after signing in, for the Cognito client
 * - `tokenIssuer`, `tokenAudience`   another issuer of such tokens in place of the Cognito user pool
 * - `reserveWorker`  `false` where the account's limit of concurrent executions is below 120, as in a new account: AWS
 *                    keeps 100 unreserved, the worker reserves 20
 * - `startsPerAddress`, `startsPerProject`   chats that widgets and visitors may start in a minute (60 and 3,000)
 * - `edge`           `true` puts CloudFront with a firewall (AWS WAF) in front; a second stack goes to us-east-1, which
 *                    must be bootstrapped too
 * - `edgeDomain`, `edgeCertificate`   a name of your own for the edge and the ARN of its certificate in us-east-1
 */
import { App } from 'aws-cdk-lib';
import { addNag } from './nag.ts';
import { readOptions } from './options.ts';
import { UsherStack } from './stack.ts';

const app = new App();
const options = readOptions(name => app.node.tryGetContext(name));

new UsherStack(app, options.stage === null ? 'Usher' : `Usher-${options.stage}`, options);
addNag(app);
