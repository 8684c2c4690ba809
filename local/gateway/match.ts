import findMyWay, { type HTTPMethod } from 'find-my-way';
import { ROUTE_NAMES, ROUTES, type Route, routeKey } from '../../functions/routes.ts';

export type Match = {
  readonly route: Route;
  readonly routeKey: string;
  /** Percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
};

const PARAM_CHARACTERS_MAX = 8_192;

/** Finds the route of a request in the route table, as API Gateway does: exact path and method, no empty parameter. */
export function routeMatcher(): (method: string, path: string) => Match | null {
  const router = findMyWay({ maxParamLength: PARAM_CHARACTERS_MAX });
  for (const name of ROUTE_NAMES) {
    const route: Route = ROUTES[name];
    router.on(route.method, route.path.replace(/\{(\w+)\}/g, ':$1'), () => {}, route);
  }
  return (method, path) => {
    const found = router.find(method as HTTPMethod, path);
    if (found === null) return null;
    const params = found.params as Record<string, string>;
    if (Object.values(params).some(value => value === '')) return null;
    const route = found.store as Route;
    return { route, routeKey: routeKey(route), params };
  };
}
