import { isObject, type Params } from './json-rpc';

/**
 * Extensions that work for servers and clients that Holdfast brings together: they have no methods of their own, and what
 * they name is renamed where servers are merged. Others are between one server and its client, at the server's address.
 */
const PASSED_ON = ['io.modelcontextprotocol/ui'];

/** The extension that has tasks in the revision without sessions (MCP 2026-07-28, SEP-2663). */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** Whether these capabilities, of a client or a server, have the extension of tasks. */
export const knowsTasks = (capabilities: unknown): boolean =>
  isObject(capabilities) && isObject(capabilities.extensions) && capabilities.extensions[TASKS_EXTENSION] !== undefined;

/** Settings of extensions, by the extension's name (MCP 2025-11-25, capabilities: `extensions`). */
export type Extensions = Readonly<Record<string, Params>>;

/** The extensions in these capabilities that are passed on. */
export function extensionsIn(capabilities: unknown): Extensions {
  const declared = isObject(capabilities) && isObject(capabilities.extensions) ? capabilities.extensions : {};
  const known = PASSED_ON.flatMap((name) => {
    const settings = Object.hasOwn(declared, name) ? declared[name] : null;
    // Languages that know one kind of collection write empty settings as [].
    if (Array.isArray(settings) && settings.length === 0) return [[name, {}] as const];
    return isObject(settings) ? [[name, settings] as const] : [];
  });
  return Object.fromEntries(known);
}

/** All of these extensions. Of settings with one name the first counts, except that lists are joined. */
export function mergedExtensions(all: readonly Extensions[]): Extensions {
  const merged: Record<string, Params> = {};
  for (const [name, settings] of all.flatMap((one) => Object.entries(one))) {
    const known = merged[name] ?? {};
    const joined = Object.entries(settings).map(([key, value]) => {
      const before = known[key];
      if (before === undefined) return [key, value];
      return [key, Array.isArray(before) && Array.isArray(value) ? [...new Set([...before, ...value])] : before];
    });
    merged[name] = { ...known, ...Object.fromEntries(joined) };
  }
  return merged;
}
