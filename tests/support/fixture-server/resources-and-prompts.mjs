import { completable, inputRequired, ResourceTemplate } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { embedded, form, IMAGE, text } from './content.mjs';

const PLAIN = 'text/plain';

export function registerResources(server) {
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

export function registerPrompts(server) {
  const user = (content) => ({ role: 'user', content });
  const add = (name, make, argsSchema) =>
    server.registerPrompt(
      name,
      { title: name, description: `Fixture ${name}`, ...(argsSchema ? { argsSchema } : {}) },
      make,
    );
  const words = (...names) => z.object(Object.fromEntries(names.map((name) => [name, z.string()])));

  add('test_simple_prompt', () => ({ messages: [user(text('This is a simple prompt for testing.'))] }));
  add(
    'test_prompt_with_arguments',
    ({ arg1, arg2 }) => ({ messages: [user(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))] }),
    z.object({
      arg1: completable(z.string(), (value) => ['paris', 'park', 'party'].filter((word) => word.startsWith(value))),
      arg2: z.string(),
    }),
  );
  add(
    'test_prompt_with_embedded_resource',
    ({ resourceUri }) => ({
      messages: [
        user(embedded(resourceUri, PLAIN, 'Embedded resource content for testing.')),
        user(text('Please process the embedded resource above.')),
      ],
    }),
    words('resourceUri'),
  );
  add('test_prompt_with_image', () => ({ messages: [user(IMAGE), user(text('Please analyze the image above.'))] }));
  add('test_input_required_result_prompt', (...given) => {
    const ctx = given.at(-1);
    const answer = ctx.mcpReq.inputResponses?.user_context;
    if (answer) return { messages: [user(text(`In the context of ${answer.content?.context}.`))] };
    const user_context = inputRequired.elicit(form('What context should the prompt use?', 'context'));
    return inputRequired({ inputRequests: { user_context } });
  });
}
