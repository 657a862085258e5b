import type { ClientView, ListedItems, ToolAdvice } from '../../../shared/contract/visibility';
import { HoldfastError } from '../../../shared/errors';
import { type Visibility, VisibilityIndex } from '../../../shared/model/visibility';
import { clientView } from '../../tool-sets/client-view';
import { Admin } from '../admin';
import type { Command, Given } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { columns, printJson, printLine } from '../print';
import { clientNamed, kindOf, partOf, partWords } from './parts';
import { adviceLines, viewLine, viewRows } from './words';

/** Words that one change takes. */
const MOST_PARTS = 200;

/** `holdfast tools`: lists what clients see, hides and shows it. */
export const tools: Command = {
  help: `Usage: holdfast tools [list] [SERVER] [--client NAME] [--json]
       holdfast tools advice [--json]
       holdfast tools hide|show [--client NAME] [--kind KIND] SERVER[/NAME]... [--json]

  list      the tools, prompts and resources that servers listed last, and which of them are hidden
  advice    tools that every chat carries and none has called within 30 days, with an estimate of their tokens
  hide      takes a whole server or one tool of it out of what clients list; it cannot be called then
  show      brings it back

  --client NAME    for this client alone, in place of all clients; what is said of one client goes first
  --kind KIND      what SERVER/NAME is: tool (as without it), prompt, or resource, which is named by its URI
  --json           prints one JSON object: ok and view, ok and advice, or ok and undo

Names are the server's own: github/create_issue, not github__create_issue.

Exit codes: 0 all is well, 1 it could not be done, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' }, client: { type: 'string' }, kind: { type: 'string' } },
  maxPositionals: MOST_PARTS,
  async run(given) {
    const [action = 'list', ...words] = given.positionals;
    if (action === 'list') return list(given, words);
    if (action === 'advice') return advise(given, words);
    if (action !== 'hide' && action !== 'show') {
      throw new HoldfastError('invalid_input', `There is no "tools ${action}".`);
    }
    if (words.length === 0) throw new HoldfastError('invalid_input', `Name what to ${action}: SERVER or SERVER/TOOL.`);
    const kind = kindOf(given.text('kind'));
    const parts = words.map((word) => partOf(word, kind));
    const admin = await Admin.of(findRunning(dataFolder()));
    const name = given.text('client');
    const client = name === undefined ? null : await clientNamed(admin, name);
    const shown = action === 'show';
    const body = { client_id: client?.client_id ?? null, parts, shown };
    const { undo } = await admin.ask('/api/mcp/visibility', { method: 'PATCH', body });
    if (given.flag('json')) printJson({ ok: true, undo });
    else {
      const whom = client === null ? 'all clients' : client.name;
      printLine(`${parts.map(partWords).join(', ')}: ${shown ? `shown to ${whom}.` : `hidden from ${whom}.`}`);
    }
    return EXIT.ok;
  },
};

async function list(given: Given, [server, more]: readonly string[]) {
  if (more !== undefined) throw new HoldfastError('invalid_input', `"${more}" is one word too many.`);
  const admin = await Admin.of(findRunning(dataFolder()));
  const name = given.text('client');
  const view = name === undefined ? await viewOfAll(admin) : await viewOf(admin, name);
  const servers = view.servers.filter((one) => server === undefined || one.server === server);
  if (server !== undefined && servers.length === 0) throw new HoldfastError('server_not_found');
  const chosen: ClientView = { ...view, servers };
  if (given.flag('json')) printJson({ ok: true, view: chosen });
  else {
    for (const line of columns(viewRows(chosen))) printLine(line);
    printLine(viewLine(view));
  }
  return EXIT.ok;
}

async function advise(given: Given, [more]: readonly string[]) {
  if (more !== undefined) throw new HoldfastError('invalid_input', `"${more}" is one word too many.`);
  const admin = await Admin.of(findRunning(dataFolder()));
  const { advice } = (await admin.ask('/api/mcp/visibility/advice')) as { advice: ToolAdvice[] };
  if (given.flag('json')) printJson({ ok: true, advice });
  else for (const line of adviceLines(advice)) printLine(line);
  return EXIT.ok;
}

async function viewOf(admin: Admin, name: string): Promise<ClientView> {
  const { client_id } = await clientNamed(admin, name);
  return (await admin.ask(`/api/mcp/clients/${encodeURIComponent(client_id)}/tools`)) as ClientView;
}

/** What a client sees for which nothing was said. */
async function viewOfAll(admin: Admin): Promise<ClientView> {
  const state = (await admin.ask('/api/mcp/visibility')) as Visibility;
  const { servers } = (await admin.ask('/api/mcp/servers')) as { servers: { name: string; enabled: boolean }[] };
  const listed: Parameters<typeof clientView>[2][number][] = [];
  for (const { name } of servers.filter(({ enabled }) => enabled)) {
    const items = (await admin.ask(`/api/mcp/servers/${name}/items`)) as ListedItems;
    const sizes = new Map(items.items.flatMap((item) => (item.tokens === null ? [] : [[item.name, item.tokens]])));
    listed.push({ server: name, listed: items, sizes });
  }
  return clientView(new VisibilityIndex(state), '', listed);
}
