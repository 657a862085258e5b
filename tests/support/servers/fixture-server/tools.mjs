import { fromJsonSchema, inputRequired } from '@modelcontextprotocol/server';
import {
  AUDIO,
  CHOICES_FORM,
  DEFAULTS_FORM,
  embedded,
  form,
  IMAGE,
  result,
  SCHEMA_2020_12,
  text,
  wait,
} from './content.mjs';
import { registerTaskTools } from './tasks.mjs';

/** @import { CallToolResult, ClientCapabilities, InputRequest, InputRequiredResult } from '@modelcontextprotocol/server' */
/** @import { JsonSchemaType, McpServer, RequestStateCodec, ServerContext } from '@modelcontextprotocol/server' */
/** @import { StandardSchemaWithJSON } from '@modelcontextprotocol/server' */

/**
 * Tells all clients, whatever era they are of, that a list has changed.
 * @typedef {(what: 'tools' | 'prompts') => void} TellChange
 */
/** @typedef {CallToolResult | InputRequiredResult} ToolResult */
/**
 * @template Args
 * @typedef {(args: Args, ctx: ServerContext) => ToolResult | Promise<ToolResult>} Run
 */
/** @typedef {<Args = object>(name: string, run: Run<Args>, schema?: JsonSchemaType) => void} Add */
/**
 * What a client answered, whatever it was asked.
 * @typedef {{ action?: string, content?: Record<string, unknown>, roots?: unknown }} Answer
 */

/** @type {JsonSchemaType} */
const NOTHING = { type: 'object', properties: {} };
/**
 * @param {string} name
 * @param {object} more
 * @returns {JsonSchemaType}
 */
const withText = (name, more = {}) => ({
  type: 'object',
  properties: { [name]: { type: 'string', ...more } },
  required: [name],
});

/**
 * Registers every tool.
 * @param {McpServer} server
 * @param {RequestStateCodec} codec
 * @param {TellChange} changes
 */
export function registerTools(server, codec, changes) {
  /**
   * @template [Args=object]
   * @param {string} name
   * @param {Run<Args>} run
   * @param {JsonSchemaType} [schema]
   */
  const add = (name, run, schema = NOTHING) => {
    /** @type {StandardSchemaWithJSON<Args, Args>} */
    const inputSchema = fromJsonSchema(schema);
    server.registerTool(name, { description: `Fixture ${name}`, inputSchema }, run);
  };

  add('test_simple_text', () => result(text('This is a simple text response for testing.')));
  add('test_image_content', () => result(IMAGE));
  add('test_audio_content', () => result(AUDIO));
  add('test_embedded_resource', () =>
    result(embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')),
  );
  add('test_multiple_content_types', () =>
    result(
      text('Multiple content types test:'),
      IMAGE,
      embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
    ),
  );
  add('test_error_handling', () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
  add('json_schema_2020_12_tool', (args) => result(text(JSON.stringify(args))), SCHEMA_2020_12);
  /** @type {Run<{ region: string }>} */
  const sayRegion = ({ region }) => result(text(region));
  add('test_custom_header', sayRegion, withText('region', { 'x-mcp-header': 'Region' }));

  add('test_tool_with_logging', async (_, ctx) => {
    await ctx.mcpReq.log('info', 'Tool execution started');
    await wait(50);
    await ctx.mcpReq.log('info', 'Tool processing data');
    await wait(50);
    await ctx.mcpReq.log('info', 'Tool execution completed');
    return result(text('The log has three lines.'));
  });
  add('test_logging_tool', async (_, ctx) => {
    await ctx.mcpReq.log('info', 'Only for those who asked for a log');
    return result(text('Logged.'));
  });
  add('test_tool_with_progress', async (_, ctx) => {
    const { progressToken } = ctx.mcpReq._meta ?? {};
    for (const progress of [0, 50, 100]) {
      if (progress > 0) await wait(50);
      if (progressToken === undefined) continue;
      const params = { progressToken, progress, total: 100 };
      await ctx.mcpReq.notify({ method: 'notifications/progress', params });
    }
    return result(text('Done.'));
  });
  add('test_reconnection', async (_, ctx) => {
    ctx.http?.closeSSE?.();
    await wait(100);
    return result(text('The stream was closed, and this came on the next one.'));
  });

  add('test_trigger_tool_change', () => {
    changes('tools');
    return result(text('Told.'));
  });
  add('test_trigger_prompt_change', () => {
    changes('prompts');
    return result(text('Told.'));
  });

  registerAskingTools(add, codec, () => server.server.getClientCapabilities() ?? {});
}

const { elicit, createMessage, listRoots } = inputRequired;

/**
 * @param {string} prompt
 * @param {number} maxTokens
 */
const sampling = (prompt, maxTokens) =>
  createMessage({ messages: [{ role: 'user', content: { type: 'text', text: prompt } }], maxTokens });

/**
 * Tools that ask the client. What they ask is asked in the result (2026-07-28) or by a request of its own (before).
 * @param {Add} add
 * @param {RequestStateCodec} codec
 * @param {() => ClientCapabilities} clientCapabilities
 */
function registerAskingTools(add, codec, clientCapabilities) {
  /**
   * @param {ServerContext} ctx
   * @param {string} key
   * @returns {Answer | undefined}
   */
  const answer = (ctx, key) => {
    const value = ctx.mcpReq.inputResponses?.[key];
    return typeof value === 'object' && value !== null ? value : undefined;
  };
  /**
   * Asks for one thing until it is answered, then says what was answered.
   * @template Args
   * @param {string} key
   * @param {(args: Args) => InputRequest} request
   * @param {(given: Answer) => string} say
   * @returns {Run<Args>}
   */
  const asking = (key, request, say) => (args, ctx) => {
    const given = answer(ctx, key);
    return given ? result(text(say(given))) : inputRequired({ inputRequests: { [key]: request(args) } });
  };
  /** @param {Answer} given */
  const said = (given) => `action=${given.action}, content=${JSON.stringify(given.content ?? {})}`;

  add(
    'test_sampling',
    asking(
      'sampling',
      (/** @type {{ prompt: string }} */ { prompt }) => sampling(prompt, 100),
      (given) => `LLM response: ${given.content?.text}`,
    ),
    withText('prompt'),
  );
  add(
    'test_elicitation',
    asking(
      'input',
      (/** @type {{ message: string }} */ { message }) => elicit(form(message, 'username', 'email')),
      (given) => `User response: ${said(given)}`,
    ),
    withText('message'),
  );
  add(
    'test_elicitation_sep1034_defaults',
    asking(
      'input',
      () => elicit(DEFAULTS_FORM),
      (given) => `Elicitation completed: ${said(given)}`,
    ),
  );
  add(
    'test_elicitation_sep1330_enums',
    asking(
      'input',
      () => elicit(CHOICES_FORM),
      (given) => `Elicitation completed: ${said(given)}`,
    ),
  );
  add(
    'test_missing_capability',
    asking(
      'any',
      () => sampling('anything', 10),
      () => 'Answered.',
    ),
  );
  add(
    'test_streaming_elicitation',
    asking(
      'any',
      () => elicit(form('Go on?', 'answer')),
      () => 'Answered.',
    ),
  );

  const askName = elicit(form('What is your name?', 'name'));
  add(
    'test_input_required_result_elicitation',
    asking(
      'user_name',
      () => askName,
      ({ content }) => `Hello, ${content?.name}!`,
    ),
  );
  add(
    'test_input_required_result_sampling',
    asking(
      'capital_question',
      () => sampling('What is the capital of France?', 100),
      ({ content }) => String(content?.text ?? ''),
    ),
  );
  add(
    'test_input_required_result_list_roots',
    asking(
      'client_roots',
      () => listRoots(),
      ({ roots }) => JSON.stringify(roots),
    ),
  );
  add('test_input_required_result_capabilities', (_, ctx) => {
    const envelope = /** @type {{ 'io.modelcontextprotocol/clientCapabilities'?: ClientCapabilities } | undefined} */ (
      ctx.mcpReq.envelope
    );
    const declared = envelope?.['io.modelcontextprotocol/clientCapabilities'] ?? clientCapabilities();
    const possible = { elicitation: askName, sampling: sampling('Say something', 10), roots: listRoots() };
    const allowed = Object.entries(possible).filter(([capability]) => capability in declared);
    const open = allowed.filter(([capability]) => !answer(ctx, capability));
    return open.length > 0 ? inputRequired({ inputRequests: Object.fromEntries(open) }) : result(text('Answered.'));
  });
  add('test_input_required_result_multiple_inputs', async (_, ctx) => {
    const inputRequests = {
      user_name: askName,
      greeting: sampling('Generate a greeting', 50),
      client_roots: listRoots(),
    };
    const isComplete = Object.keys(inputRequests).every((key) => answer(ctx, key));
    if (isComplete && ctx.mcpReq.requestState()) return result(text('All of it is here.'));
    return inputRequired({ inputRequests, requestState: await codec.mint({ step: 1 }, ctx) });
  });
  add('test_input_required_result_multi_round', async (_, ctx) => {
    const state = /** @type {{ step?: number } | undefined} */ (ctx.mcpReq.requestState());
    const step = state?.step ?? 0;
    if (step === 2 && answer(ctx, 'step2')) return result(text('Both steps are done.'));
    const [key, request] =
      step >= 1 && (step === 2 || answer(ctx, 'step1'))
        ? ['step2', elicit(form('Step 2: What is your favorite color?', 'color'))]
        : ['step1', elicit(form('Step 1: What is your name?', 'name'))];
    const requestState = await codec.mint({ step: key === 'step2' ? 2 : 1 }, ctx);
    return inputRequired({ inputRequests: { [key]: request }, requestState });
  });
  const confirm = elicit({
    message: 'Please confirm',
    requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
  });
  for (const name of ['request_state', 'tampered_state']) {
    add(`test_input_required_result_${name}`, async (_, ctx) => {
      if (ctx.mcpReq.requestState() && answer(ctx, 'confirm')) return result(text('state-ok'));
      return inputRequired({ inputRequests: { confirm }, requestState: await codec.mint({ for: name }, ctx) });
    });
  }
  registerTaskTools(add, answer, (key) => inputRequired({ inputRequests: { [key]: askName } }));
}
