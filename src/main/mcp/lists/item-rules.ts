import { z } from 'zod';
import { inputSchema, outputSchema } from './json-schemas';
import { anyObject, each, fields, flag, leaf, number, oneOf, type Rule, text } from './rules';

const moment = z.iso.datetime({ offset: true });

const annotations = fields({
  audience: each(oneOf('user', 'assistant')),
  priority: leaf((value) => typeof value === 'number' && value >= 0 && value <= 1),
  lastModified: leaf((value) => moment.safeParse(value).success),
});
const icon = fields({ src: text, mimeType: text, sizes: each(text), theme: oneOf('light', 'dark') }, 'src');
const described = { title: text, description: text, icons: each(icon), _meta: anyObject };
const anyResource = { ...described, mimeType: text, annotations };

/** One kind of list (MCP 2025-11-25, server features: tools, prompts, resources). */
export interface ListedKind {
  /** Field of the result with the items. */
  readonly key: string;
  /** What an item is called. */
  readonly word: 'tool' | 'prompt' | 'resource' | 'resource template';
  /** The field that tells items apart. */
  readonly id: 'name' | 'uri' | 'uriTemplate';
  /**
   * Fields that clients check (schema: Tool, Prompt, Resource, ResourceTemplate). Many clients reject a whole list for
   * one invalid item, and with it the items of all other servers.
   */
  readonly rules: Readonly<Record<string, Rule>>;
}

const KINDS: Readonly<Record<string, ListedKind>> = {
  'tools/list': {
    key: 'tools',
    word: 'tool',
    id: 'name',
    rules: {
      ...described,
      inputSchema,
      outputSchema,
      annotations: fields({
        title: text,
        readOnlyHint: flag,
        destructiveHint: flag,
        idempotentHint: flag,
        openWorldHint: flag,
      }),
      execution: fields({ taskSupport: oneOf('required', 'optional', 'forbidden') }),
    },
  },
  'prompts/list': {
    key: 'prompts',
    word: 'prompt',
    id: 'name',
    rules: {
      ...described,
      arguments: each(fields({ name: text, title: text, description: text, required: flag }, 'name')),
    },
  },
  'resources/list': {
    key: 'resources',
    word: 'resource',
    id: 'uri',
    rules: { ...anyResource, size: number },
  },
  'resources/templates/list': {
    key: 'resourceTemplates',
    word: 'resource template',
    id: 'uriTemplate',
    rules: anyResource,
  },
};

/** The kind of list that a method requests; null when it requests none. */
export const listedKind = (method: string): ListedKind | null =>
  Object.hasOwn(KINDS, method) ? (KINDS[method] ?? null) : null;
