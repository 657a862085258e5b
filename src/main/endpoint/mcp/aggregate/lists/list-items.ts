import { z } from 'zod';

const text = z.string();
const described = { title: text.optional(), description: text.optional() };
const annotated = { annotations: z.looseObject({}).optional() };

/*
 * List items as far as clients check them (MCP 2025-11-25, schema: Tool, Prompt, Resource, ResourceTemplate). Many
 * clients reject a whole list for one invalid item, and with it the items of all other servers.
 */
const tool = z.looseObject({
  ...described,
  ...annotated,
  name: text,
  inputSchema: z.looseObject({ type: z.literal('object') }),
  outputSchema: z.looseObject({ type: z.literal('object') }).optional(),
});
const prompt = z.looseObject({
  ...described,
  name: text,
  arguments: z
    .array(z.looseObject({ name: text, description: text.optional(), required: z.boolean().optional() }))
    .optional(),
});
const anyResource = { ...described, ...annotated, name: text, mimeType: text.optional() };
const resource = z.looseObject({ ...anyResource, uri: text });
const template = z.looseObject({ ...anyResource, uriTemplate: text });

const isOf =
  (schema: z.ZodType) =>
  (item: unknown): boolean =>
    schema.safeParse(item).success;

export const isTool = isOf(tool);
export const isPrompt = isOf(prompt);
export const isResource = isOf(resource);
export const isResourceTemplate = isOf(template);
