// @ts-check
// Which part of src may import which. Type-only imports count: they are dependencies too.
import { posix } from 'node:path';

/**
 * A part is a file or folder in src/main, or another folder in src; a folder inside one is a part of its own if it has a
 * row. It may import itself, whatever its row names, and any package except those in GUARDED, which a row must name like
 * a part. Every row names only rows below it, so no import points upwards.
 *
 * @type {Readonly<Record<string, string>>}
 */
// biome-ignore format: one row, one part
export const MAY_IMPORT = {
  index:                 'desktop supervisor settings version welcome platform/electron platform/crash-notes shared electron',
  headless:              'supervisor settings version welcome platform shared',
  supervisor:            'long-calls tool-sets activity telemetry open-alerts alerts open-logins open-servers-config open-servers store endpoint window-api services clients connect demo upstream sessions updates settings http-client platform shared',
  'open-alerts':         'alerts services store upstream shared',
  'open-logins':         'upstream http-client platform',
  'open-servers-config': 'store upstream sessions settings platform',
  'open-servers':        'activity store upstream sessions http-client mcp/call-ids platform shared',
  desktop:               'window-api window-page services alerts platform/ports shared electron',
  endpoint:              'long-calls tool-sets activity window-api window-page services upstream sessions http-client mcp platform shared',
  cli:                   'tool-sets/client-view diagnostics doctor connect http-client mcp platform version shared',
  store:                 'long-calls/long-call-ports long-calls/patience tool-sets/tool-set-ports activity/activity-ports upstream/upstream-ports sessions/session-ports sessions/read-ports mcp/stored-streams mcp/stored-lists mcp/stored-tasks mcp/exact-json platform/installation shared better-sqlite3',
  'window-api':          'long-calls diagnostics tool-sets services settings upstream sessions mcp platform shared',
  services:              'long-calls tool-sets activity alerts clients connect demo upstream sessions settings telemetry updates http-client mcp platform shared',
  alerts:                'sessions http-client platform shared',
  telemetry:             'activity/activity-ports http-client platform shared',
  updates:               'http-client platform shared',
  clients:               'sessions platform shared',
  diagnostics:           'doctor platform shared',
  doctor:                'platform shared',
  connect:               'config-text platform shared',
  demo:                  'platform shared',
  'long-calls':          'mcp platform shared',
  'tool-sets':           'sessions mcp platform shared',
  upstream:              'activity sessions http-client mcp config-text platform shared',
  sessions:              'platform/ports platform/random-text shared',
  activity:              'mcp platform shared',
  'http-client':         'mcp platform shared',
  'config-text':         'shared',
  'window-page':         '',
  settings:              'platform shared',
  welcome:               '',
  version:               'package.json',
  mcp:                   'platform shared',
  'platform/electron':   'platform shared electron',
  platform:              'shared',
  renderer:              'shared',
  preload:               'shared electron',
  shared:                '',
};

const GUARDED = ['electron', 'better-sqlite3'];

/** Matches `import` and `export` of values and types, `import()` in code and in JSDoc, and `require()`. */
const IMPORT = /\b(?:from|import|require)\s*\(?\s*(['"`])([^'"`\n]+)\1/g;

/** An import of values from Node's HTTP; types cost nothing at run time. */
const NODE_HTTP = /^import (?!type\b)[^;]*?\bfrom\s+['"](?:node:)?http['"]/m;
const HTTP_HOME = 'src/main/platform/node-http.ts';

/**
 * The imports of a file that its row does not allow, each as a human-readable line.
 *
 * @param {string} file path from the repository root, with forward slashes
 * @param {string} text
 * @returns {string[]}
 */
export function forbiddenImports(file, text) {
  const part = partOf(nameOf(file));
  const allowed = MAY_IMPORT[part]?.split(' ');
  if (!allowed) return [`${file}: ${part} has no row in scripts/lint/import-edges.mjs`];
  const imported = [...text.matchAll(IMPORT)].map(([, , specifier = '']) => targetOf(file, specifier));
  const isAllowed = (/** @type {string} */ target) =>
    partOf(target) === part || allowed.some((name) => target === name || isWithin(name, target));
  const wrong = [...new Set(imported)]
    .filter((target) => target !== null && !isAllowed(target))
    .map((target) => `${file}: ${part} may not import ${target}`);
  if (file !== HTTP_HOME && NODE_HTTP.test(text)) {
    wrong.push(`${file}: node:http loads Node's fetch, several MB; take its values from ${HTTP_HOME}`);
  }
  return wrong;
}

/**
 * The target of an import, as rows name it; null for a package that any part may import.
 *
 * @param {string} file
 * @param {string} specifier
 */
function targetOf(file, specifier) {
  if (specifier.startsWith('.')) return nameOf(posix.join(posix.dirname(file), specifier));
  if (specifier.startsWith('#')) return nameOf(specifier.slice(1));
  return GUARDED.find((name) => specifier === name || specifier.startsWith(`${name}/`)) ?? null;
}

/**
 * A path without its leading `src/` or `src/main/` and without its file extension.
 *
 * @param {string} path
 */
const nameOf = (path) => path.replace(/^src\/(main\/)?/, '').replace(/\.(ts|tsx|js)$/, '');

/**
 * Whether a row that names `name` allows `target`. A part inside that one has to be named itself.
 *
 * @param {string} name
 * @param {string} target
 */
const isWithin = (name, target) => target.startsWith(`${name}/`) && partOf(target).length <= name.length;

/** @param {string} name */
const partOf = (name) => {
  const [first = name, second] = name.split('/');
  return `${first}/${second}` in MAY_IMPORT ? `${first}/${second}` : first;
};
