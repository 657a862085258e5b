import { isObject, type Params } from './json-rpc';
import { anyObject, each, fields, flag, leaf, oneOf, type Rule, text, withFields } from './lists/rules';

const ignore = () => {};

/** An object; languages that know one kind of collection write an empty one as []. True stands for having it. */
const present =
  (rule: Rule): Rule =>
  (value, path, note) =>
    value === true || (Array.isArray(value) && value.length === 0) ? {} : rule(value, path, note);

/** An object of objects. */
const named: Rule = (value, path, note) => {
  if (!isObject(value)) return undefined;
  return withFields(
    value,
    Object.fromEntries(Object.keys(value).map((name) => [name, present(anyObject)])),
    path,
    note,
  );
};

const changing = present(fields({ listChanged: flag }));
const having = present(anyObject);
const CAPABILITIES: Readonly<Record<string, Rule>> = {
  experimental: present(named),
  extensions: present(named),
  logging: having,
  completions: having,
  tools: changing,
  prompts: changing,
  resources: present(fields({ listChanged: flag, subscribe: flag })),
  tasks: present(
    fields({
      list: having,
      cancel: having,
      requests: present(fields({ tools: present(fields({ call: having })) })),
    }),
  ),
};
const icon = fields({ src: text, mimeType: text, sizes: each(text), theme: oneOf('light', 'dark') }, 'src');
const INFO = { title: text, description: text, websiteUrl: text, icons: each(icon) };
const META = { progressToken: leaf((value) => typeof value === 'string' || Number.isSafeInteger(value)) };
const RESULT: Readonly<Record<string, Rule>> = {
  capabilities: present(fields(CAPABILITIES)),
  serverInfo: fields(INFO),
  instructions: text,
  _meta: fields({ ...META, 'io.modelcontextprotocol/related-task': fields({ taskId: text }, 'taskId') }),
};

/**
 * A server's answer to `initialize` as strict clients take it (MCP 2025-11-25, schema: InitializeResult). Optional fields
 * that are null or broken are left out, and a server without a version gets an empty one. The same reference if nothing
 * is wrong. What it cannot help with, such as no capabilities at all, stays as it is.
 */
export function soundIntroduction(result: unknown): unknown {
  if (!isObject(result)) return result;
  const sound = withFields(result, RESULT, '', ignore);
  const { serverInfo } = sound;
  if (!isObject(serverInfo) || (typeof serverInfo.name === 'string' && typeof serverInfo.version === 'string'))
    return sound;
  const said = ({ name, version }: Params) => ({
    name: typeof name === 'string' ? name : '',
    version: typeof version === 'number' || typeof version === 'string' ? String(version) : '',
  });
  return { ...sound, serverInfo: { ...serverInfo, ...said(serverInfo) } };
}
