import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Context } from './context.ts';

/** A request as API Gateway's HTTP API hands it over, payload version 2.0. */
export type HttpEvent = APIGatewayProxyEventV2;

/** A header by its lower-case name; the gateway has lowered them. */
export function header(event: HttpEvent, name: string): string | null {
  return event.headers[name] ?? null;
}

/**
 * The address a request comes from, as somebody saw it who is to be trusted. Without an edge the gateway did. With one the
 * gateway saw CloudFront, which had put its caller's address at the end of `x-forwarded-for`; the gateway puts what it
 * saw behind that. What stands further left the caller may have made up, and so it may `cloudfront-viewer-address`, which
 * CloudFront writes only where that is asked for. Only for requests that were admitted.
 */
export function callerAddress(event: HttpEvent, { edgeSecretHash }: Pick<Context, 'edgeSecretHash'>): string {
  const { sourceIp } = event.requestContext.http;
  if (edgeSecretHash === null) return sourceIp;
  const forwarded = (header(event, 'x-forwarded-for') ?? '').split(',').map(address => address.trim());
  return forwarded.findLast(address => address !== '' && address !== sourceIp) ?? sourceIp;
}
