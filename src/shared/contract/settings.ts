import { z } from 'zod';
import { call } from './method';

const value = z.union([z.number(), z.string()]);

/** One setting as it is now. */
export const settingSchema = z.object({
  name: z.string(),
  group: z.enum(['general', 'endpoint', 'sessions', 'servers', 'privacy']),
  label: z.string(),
  help: z.string().describe('what it does, in one line'),
  kind: z.enum(['whole', 'choice']),
  value: value.describe('what holds now or, if `pending`, from the next start on'),
  running: value.describe('what this run of Holdfast uses'),
  default: value,
  saved: value.nullable().describe('what is saved, also beneath a variable; null if nothing is'),
  origin: z.enum(['default', 'saved', 'environment']).describe('where `value` comes from; the environment goes first'),
  environment: z.string().nullable().describe('the variable that can set it'),
  editable: z.boolean().describe('false if the environment sets it, or only the environment may'),
  unit: z.enum(['%', 'MiB', 'hours', 'minutes', 'seconds', 'days']).nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  options: z.array(z.object({ value: z.string(), label: z.string() })).describe('of a choice; empty otherwise'),
  applies: z.enum(['at_once', 'next_start']),
  pending: z.boolean().describe('changed, and waiting for the next start of Holdfast'),
});
export type Setting = z.infer<typeof settingSchema>;

/** All settings, in the order in which they are shown. */
export const settingsSchema = z.object({
  settings: z.array(settingSchema),
  installation: z.enum(['source', 'desktop', 'npm']).describe('how this Holdfast came onto the machine'),
  can_restart: z.boolean().describe('whether Holdfast can start itself again; without a window it cannot'),
});
export type Settings = z.infer<typeof settingsSchema>;

/** New values by name; null puts the default back. Either all are taken, or none. */
export const settingChangesSchema = z.record(
  z.string().max(100),
  z.union([z.number(), z.string().max(1_000), z.null()]),
);
export type SettingChanges = z.infer<typeof settingChangesSchema>;

const portCheckSchema = z.object({
  free: z.boolean(),
  sentence: z.string().describe('whether the port can be used, and why not'),
});
export type PortCheck = z.infer<typeof portCheckSchema>;

const none = z.object({}).strict();

/** The methods of the Settings view. */
export const settingMethods = {
  'settings.list': call({ input: none, output: settingsSchema }),
  'settings.change': call({ input: z.object({ changes: settingChangesSchema }), output: settingsSchema }),
  'settings.check_port': call({
    input: z.object({ port: z.number().int().min(1).max(65_535) }),
    output: portCheckSchema,
  }),
  /** Ends Holdfast in order and starts it again; the answer may come before it ends. */
  'app.restart': call({ input: none, output: none }),
};
