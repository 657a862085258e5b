import type { z } from '@hono/zod-openapi';
import { errorBody } from './schemas';

/** A JSON answer in a route definition. */
export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

const error = (description: string) => json(errorBody, description);

/** What any route may answer besides its own answers. */
export const FAILURES = {
  400: error('the input is not valid'),
  401: error('no valid key'),
  429: error('too many requests; see Retry-After'),
  503: error('the database cannot be written right now, or Holdfast is stopping; see Retry-After'),
} as const;

export const NOT_FOUND = { 404: error('there is none, or none that this key may see') } as const;
/** Something is as it was, because it is not what the caller took it for. */
export const CONFLICT = (description: string) => ({ 409: error(description) });
export const ADMIN_ONLY = { 403: error('needs the admin key') } as const;

/** A JSON request body in a route definition. */
export const body = <T extends z.ZodType>(schema: T, required = true) => ({
  body: { required, content: { 'application/json': { schema } } },
});
