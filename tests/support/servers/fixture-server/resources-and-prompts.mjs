import { completable, inputRequired, ResourceTemplate } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { embedded, form, IMAGE, text } from './content.mjs';

/** @import { ContentBlock, McpServer, PromptCallback, PromptMessage } from '@modelcontextprotocol/server' */
/** @import { StandardSchemaWithJSON } from '@modelcontextprotocol/server' */

const PLAIN = 'text/plain';

/** @param {McpServer} server */
export function registerResources(server) {
  /**
   * @param {string} name
   * @param {string} mimeType
   * @param {{ text: string } | { blob: string }} content
   */
  const add = (name, mimeType, content) => {
    const uri = `test://${name}`;
    const about = { title: name, description: `Fixture ${uri}`, mimeType };
    server.registerResource(name, uri, about, () => ({ contents: [{ uri, mimeType, ...content }] }));
  };
  add('static-text', PLAIN, { text: 'This is the content of the static text resource.' });
  add('static-binary', 'image/png', { blob: IMAGE.data });
  add('watched-resource', PLAIN, { text: 'Watched resource content' });
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { title: 'template', description: 'Fixture with a parameter', mimeType: 'application/json' },
    (uri, { id }) => {
      const value = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
      return { contents: [{ uri: uri.toString(), mimeType: 'application/json', text: value }] };
    },
  );
  // McpServer leaves what a subscription does to the program. Nothing here ever changes.
  server.server.setRequestHandler('resources/subscribe', () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', () => ({}));
}

/** @param {McpServer} server */
export function registerPrompts(server) {
  /**
   * @param {ContentBlock} content
   * @returns {PromptMessage}
   */
  const user = (content) => ({ role: 'user', content });
  /** @param {string} name */
  const about = (name) => ({ title: name, description: `Fixture ${name}` });
  /**
   * @param {string} name
   * @param {PromptCallback} make
   */
  const add = (name, make) => server.registerPrompt(name, about(name), make);
  /**
   * @template {StandardSchemaWithJSON} Args
   * @param {string} name
   * @param {Args} argsSchema
   * @param {PromptCallback<Args>} make
   */
  const addWithArguments = (name, argsSchema, make) =>
    server.registerPrompt(name, { ...about(name), argsSchema }, make);

  add('test_simple_prompt', () => ({ messages: [user(text('This is a simple prompt for testing.'))] }));
  addWithArguments(
    'test_prompt_with_arguments',
    z.object({
      arg1: completable(z.string(), (value) => ['paris', 'park', 'party'].filter((word) => word.startsWith(value))),
      arg2: z.string(),
    }),
    ({ arg1, arg2 }) => ({ messages: [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))] }),
  );
  addWithArguments('test_prompt_with_embedded_resource', z.object({ resourceUri: z.string() }), ({ resourceUri }) => ({
    messages: [
      user(embedded(resourceUri, PLAIN, 'Embedded resource content for testing.')),
      user(text('Please process the embedded resource above.')),
    ],
  }));
  add('test_prompt_with_image', () => ({ messages: [user(IMAGE), user(text('Please analyze the image above.'))] }));
  add('test_input_required_result_prompt', (ctx) => {
    const answer = /** @type {{ content?: Record<string, unknown> } | undefined} */ (
      ctx.mcpReq.inputResponses?.user_context
    );
    if (answer) return { messages: [user(text(`In the context of ${answer.content?.context}.`))] };
    const user_context = inputRequired.elicit(form('What context should the prompt use?', 'context'));
    return inputRequired({ inputRequests: { user_context } });
  });
}
