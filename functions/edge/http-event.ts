import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** A request as API Gateway's HTTP API hands it over, payload version 2.0. */
export type HttpEvent = APIGatewayProxyEventV2;

/** A header by its lower-case name; the gateway has lowered them. */
export function header(event: HttpEvent, name: string): string | null {
  return event.headers[name] ?? null;
}
