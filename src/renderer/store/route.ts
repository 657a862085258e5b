import { VIEWS, type View } from '../../shared/model/views';

/** Where the user is in the window. It lives in the URL's hash (`#/sessions/<id>?q=…`), so a reload keeps the place. */
export interface Route {
  readonly view: View;
  /** What is open inside the view: a session id, or the name of a server. */
  readonly id: string | null;
  readonly params: Readonly<Record<string, string>>;
}

const isView = (text: string): text is View => (VIEWS as readonly string[]).includes(text);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reads a hash; an unknown view means the overview. */
export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [view = '', id = ''] = path.split('/');
  if (!isView(view)) return { view: 'overview', id: null, params: {} };
  return { view, id: id ? decode(id) : null, params: Object.fromEntries(new URLSearchParams(search)) };
}

/** The hash of a route, `#` included. Empty parameters are left out. */
export function routeHash(route: Route): string {
  const params = new URLSearchParams(Object.entries(route.params).filter(([, value]) => value !== ''));
  const search = params.size > 0 ? `?${params}` : '';
  return `#/${route.view}${route.id ? `/${encodeURIComponent(route.id)}` : ''}${search}`;
}
