/**
 * One line per request. The route instead of the path, and neither body, header, query string nor address: the
 * path of a request can be found by its id in the function's log, and a visitor's address is nobody's business.
 */
export const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  responseMs: '$context.responseLatency',
  integrationStatus: '$context.integrationStatus',
  integrationMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  gatewayError: '$context.error.responseType',
  authorizerError: '$context.authorizer.error',
} as const;
