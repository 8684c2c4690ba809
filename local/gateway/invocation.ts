import type { Context as Invocation } from 'aws-lambda';

/** What Lambda tells a function about its invocation. */
export function invocationOf(functionName: string, requestId: string, timeoutMs: number): Invocation {
  const until = performance.now() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '1024',
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, Math.round(until - performance.now())),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
