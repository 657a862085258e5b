import { createRoute } from '@hono/zod-openapi';
import { type RestApp, type RestDeps, requireAdmin } from './context';
import { reply } from './reply';
import { ADMIN_ONLY, body, CONFLICT, FAILURES, json, NOT_FOUND } from './responses';
import * as schemas from './schemas';

const tags = ['Tools'];
const SETS = '/api/mcp/sets';
const CLIENT = '/api/mcp/clients/{client_id}';
const VISIBILITY = '/api/mcp/visibility';
const REFUSALS = { ...FAILURES, ...ADMIN_ONLY, ...NOT_FOUND };

const stateRoute = createRoute({
  method: 'get',
  path: VISIBILITY,
  tags,
  summary: 'What is hidden from clients, all sets, and what each client has chosen',
  responses: { 200: json(schemas.visibility, 'all of it'), ...FAILURES, ...ADMIN_ONLY },
});

const changeRoute = createRoute({
  method: 'patch',
  path: VISIBILITY,
  tags,
  summary: 'Show or hide tools, prompts, resources or whole servers',
  description:
    'For one client, or for all without `client_id`. What is said of one client goes before what is said of all, and what is said of one thing before what is said of its server.',
  request: body(schemas.shownChange),
  responses: { 200: json(schemas.undo, 'what undoes it'), ...REFUSALS },
});

const rulesRoute = createRoute({
  method: 'put',
  path: `${VISIBILITY}/rules`,
  tags,
  summary: 'Put single rules in force, as the answer to a change gave them',
  request: body(schemas.ruleChanges),
  responses: { 200: json(schemas.undo, 'what undoes it'), ...REFUSALS },
});

const itemsRoute = createRoute({
  method: 'get',
  path: '/api/mcp/servers/{name}/items',
  tags,
  summary: 'The tools, prompts and resources that a server listed last',
  description: 'Starts nothing.',
  request: { params: schemas.serverName },
  responses: { 200: json(schemas.listedItems, 'what it listed'), ...REFUSALS },
});

const adviceRoute = createRoute({
  method: 'get',
  path: `${VISIBILITY}/advice`,
  tags,
  summary: 'Tools that every chat carries and none has called within 30 days',
  description:
    'By server, the largest first, with an estimate of the tokens. Only of servers whose tools were sent to clients on three days or more.',
  responses: { 200: json(schemas.advice, 'what could be hidden'), ...FAILURES, ...ADMIN_ONLY },
});

const ofClientRoute = createRoute({
  method: 'get',
  path: `${CLIENT}/tools`,
  tags,
  summary: 'What a client sees at /mcp, and why it does not see the rest',
  request: { params: schemas.clientId },
  responses: { 200: json(schemas.clientView, 'by server'), ...REFUSALS },
});

const chooseRoute = createRoute({
  method: 'put',
  path: `${CLIENT}/set`,
  tags,
  summary: 'Choose what a client sees at /mcp: a set, or everything with null; listed, or found by a search',
  description: 'With `search`, the client is listed `search_tools` and `call_tool` in place of all tools.',
  request: { params: schemas.clientId, ...body(schemas.setChoice) },
  responses: { 200: json(schemas.clientView, 'what it sees now'), ...REFUSALS },
});

const setsRoute = createRoute({
  method: 'get',
  path: SETS,
  tags,
  summary: 'All sets',
  responses: { 200: json(schemas.toolSets, 'in the order in which they were made'), ...FAILURES, ...ADMIN_ONLY },
});

const saveRoute = createRoute({
  method: 'put',
  path: `${SETS}/{name}`,
  tags,
  summary: 'Make a set, change one, or rename the one that `replaces` names',
  description:
    'Its address is /mcp/set/{name}. After a renaming the old address answers 404; clients that have chosen the set stay with it.',
  request: { params: schemas.newSetName, ...body(schemas.setInput) },
  responses: { 200: json(schemas.toolSet, 'the set'), ...REFUSALS, ...CONFLICT('there is one of that name already') },
});

const removeRoute = createRoute({
  method: 'delete',
  path: `${SETS}/{name}`,
  tags,
  summary: 'Delete a set',
  description: 'Clients that have chosen it see everything again; its address answers 404.',
  request: { params: schemas.setName },
  responses: { 200: json(schemas.toolSets, 'the sets that are left'), ...REFUSALS },
});

/** Routes for what clients see of the servers: the same as the window's own methods. */
export function addVisibilityRoutes(app: RestApp, { handlers }: RestDeps): void {
  const sets = async () => ({ sets: (await handlers['tools.visibility']({})).sets });

  app.openapi(stateRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['tools.visibility']({}), 200);
  });

  app.openapi(changeRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['tools.set_shown'](c.req.valid('json')), 200);
  });

  app.openapi(rulesRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['tools.put_rules'](c.req.valid('json')), 200);
  });

  app.openapi(itemsRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['tools.items']({ server: c.req.valid('param').name }), 200);
  });

  app.openapi(adviceRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['tools.advice']({}), 200);
  });

  app.openapi(ofClientRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await handlers['tools.of_client'](c.req.valid('param')), 200);
  });

  app.openapi(chooseRoute, async (c) => {
    requireAdmin(c);
    const { client_id } = c.req.valid('param');
    await handlers['sets.choose']({ client_id, ...c.req.valid('json') });
    return reply(c, await handlers['tools.of_client']({ client_id }), 200);
  });

  app.openapi(setsRoute, async (c) => {
    requireAdmin(c);
    return reply(c, await sets(), 200);
  });

  app.openapi(saveRoute, async (c) => {
    requireAdmin(c);
    const { name } = c.req.valid('param');
    const { parts, replaces } = c.req.valid('json');
    const isKnown = (await sets()).sets.some((set) => set.name === name);
    return reply(c, await handlers['sets.save']({ name, parts, replaces: replaces ?? (isKnown ? name : null) }), 200);
  });

  app.openapi(removeRoute, async (c) => {
    requireAdmin(c);
    await handlers['sets.remove'](c.req.valid('param'));
    return reply(c, await sets(), 200);
  });
}
