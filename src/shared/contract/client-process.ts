import { z } from 'zod';

/**
 * The program at the other end of a connection, as the system knows it. A hint for finding sessions again and for
 * people, never an authentication: that is the client key.
 */
export const clientProcessSchema = z.object({
  pid: z.number().int().positive(),
  started: z.string().min(1).max(100).describe('tells it from a later process with the same id; has no other meaning'),
  program: z.string().max(200),
  parent: z.string().max(200).nullable().describe('the program that started it; null if that is not known'),
  folder: z.string().max(1000).nullable().describe('its working folder, with ~ for the home folder'),
  bridged: z.boolean().describe('it connects through a bridge that it started, such as `holdfast bridge`'),
});
export type ClientProcess = z.infer<typeof clientProcessSchema>;
