import { z } from 'zod';
import { call } from './method';
import { instantSchema } from './time';

const n = z.number().int().nonnegative();

/** What a diagnosis bundle is about: one session, or what happened in a stretch of time. Without any of it, the last day. */
const bundleScopeSchema = z.strictObject({
  session_id: z.string().max(200).optional(),
  from: instantSchema.optional().describe('came at this time or later'),
  to: instantSchema.optional().describe('came before this time'),
});
export type BundleScope = z.output<typeof bundleScopeSchema>;

export const newBundleSchema = bundleScopeSchema.extend({
  doctor: z.boolean().default(false).describe('runs the checks first, which takes some 15 s and makes test sessions'),
});

const bundleFileSchema = z.object({
  name: z.string(),
  kind: z.enum([
    'readme',
    'diagnosis',
    'settings',
    'servers_state',
    'servers_shape',
    'sessions',
    'timeline',
    'activity',
    'log',
    'doctor',
  ]),
  bytes: n.describe('before it is compressed'),
  is_cut: z.boolean().describe('older parts were left out, so that the bundle stays small'),
});
export type BundleFile = z.infer<typeof bundleFileSchema>;
export type BundleFileKind = BundleFile['kind'];

export const preparedBundleSchema = z.object({
  bundle_id: z.string().describe('good for ten minutes, or until another one is prepared'),
  file_name: z.string().describe('a name for the file'),
  bytes: n.describe('of the whole file'),
  files: z.array(bundleFileSchema),
});
export type PreparedBundle = z.infer<typeof preparedBundleSchema>;

export const bundleIdSchema = z.object({ bundle_id: z.string().max(100) });

/** Diagnosis bundles: put together first, so that each file in them can be seen, and written only then. */
export const bundleMethods = {
  /** Puts a bundle together in memory. Nothing is written, and nothing leaves the machine. */
  'bundle.prepare': call({ input: newBundleSchema, output: preparedBundleSchema }),
  /** The text of one file in it, as it would be written. */
  'bundle.file': call({
    input: bundleIdSchema.extend({ name: z.string().max(100) }),
    output: z.object({ text: z.string() }),
  }),
  'bundle.read': call({ input: bundleIdSchema, output: z.object({ zip: z.base64() }) }),
};
