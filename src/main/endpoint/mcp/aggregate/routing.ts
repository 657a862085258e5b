import { isObject, type Params } from '../../../mcp/json-rpc';
import { isOfOneTask } from '../tasks/task-messages';
import { withServerMeta } from './named-in-meta';
import { type Named, serverName, serverUri } from './names';

/** Where a request goes. */
export type Route =
  /** Holdfast's own tools, with unchanged parameters. */
  | { readonly to: 'own' }
  /** One server, with the parameters in its own names. */
  | { readonly to: 'server'; readonly server: string; readonly params: Params }
  /** Nowhere: it names something that no server can have. */
  | { readonly to: 'nobody' }
  /** Nowhere: its method does not exist at the address of all servers. */
  | { readonly to: 'unknown' };

/** Finds where a request goes by what it names. Not for requests that go to all servers, such as lists. */
export function routeOf(method: string, params: Params = {}): Route {
  switch (method) {
    case 'tools/call':
      return routeByName(params) ?? { to: 'own' };
    case 'prompts/get':
      return routeByName(params) ?? { to: 'nobody' };
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return routeByUri(params) ?? { to: 'nobody' };
    case 'completion/complete':
      return routeByReference(params) ?? { to: 'nobody' };
    default:
      return isOfOneTask(method) ? (routeByTask(params) ?? { to: 'nobody' }) : { to: 'unknown' };
  }
}

/** Like {@link routeOf}, for a call of which only the method and the name, URI or task are known. */
export const routeOfCall = (method: string, name: string | null): Route =>
  name === null ? { to: 'unknown' } : routeOf(method, { [namingMember(method)]: name });

/** The member of `params` that names what a request of this method is for. */
const namingMember = (method: string): string => {
  if (isOfOneTask(method)) return 'taskId';
  return method.startsWith('resources/') ? 'uri' : 'name';
};

const routeByName = (params: Params): Route | null =>
  routeBy(typeof params.name === 'string' ? serverName(params.name) : null, (name) => ({ ...params, name }));

const routeByUri = (params: Params): Route | null =>
  routeBy(typeof params.uri === 'string' ? serverUri(params.uri) : null, (uri) => ({ ...params, uri }));

const routeByTask = (params: Params): Route | null =>
  routeBy(typeof params.taskId === 'string' ? serverName(params.taskId) : null, (taskId) => ({ ...params, taskId }));

function routeByReference(params: Params): Route | null {
  const ref = isObject(params.ref) ? params.ref : {};
  const route = ref.type === 'ref/resource' ? routeByUri(ref) : routeByName(ref);
  return route?.to === 'server' ? { ...route, params: { ...params, ref: route.params } } : null;
}

const routeBy = (named: Named | null, params: (name: string) => Params): Route | null =>
  named && { to: 'server', server: named.server, params: withServerMeta(named.server, params(named.name)) };
