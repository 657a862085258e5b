import { z } from 'zod';
import { activityWithContentsSchema, type RecordedPart } from '../../../shared/contract/activity-contents';
import { HoldfastError } from '../../../shared/errors';
import { Admin } from '../admin';
import type { Given } from '../command';
import { EXIT, type ExitCode } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { printJson, printLine } from '../print';
import { activityLine } from './words';

const idSchema = z.string().regex(/^\d{1,15}$/);

/** `holdfast activity show ID`: one message, with what was in it if that was recorded. */
export async function show(given: Given): Promise<ExitCode> {
  const id = idSchema.safeParse(given.positionals[1]);
  if (!id.success) {
    throw new HoldfastError('invalid_input', 'Say which message: its activity_id, as --json shows it.');
  }
  const admin = await Admin.of(findRunning(dataFolder()));
  const found = activityWithContentsSchema.parse(await admin.ask(`/api/mcp/activity/${id.data}`));
  if (given.flag('json')) {
    printJson({ ok: true, ...found });
    return EXIT.ok;
  }
  printLine(activityLine(found.activity));
  const { contents } = found;
  if (contents === null) {
    printLine(
      'Its contents were not recorded, or are gone. "holdfast activity record" records those of the next calls.',
    );
    return EXIT.ok;
  }
  const parts = { params: 'Arguments', result: 'Result', error: 'Error' } as const;
  for (const [name, title] of Object.entries(parts) as [keyof typeof parts, string][]) {
    const part = contents[name];
    if (part === null) continue;
    printLine('');
    printLine(`${title}${noteOf(part)}:`);
    if (part.json !== null) for (const line of pretty(part.json).split('\n')) printLine(line);
  }
  return EXIT.ok;
}

function noteOf({ json, bytes, cut, masked }: RecordedPart): string {
  const notes = [
    ...(json === null ? [`${bytes} bytes, too long to be kept`] : []),
    ...(cut && json !== null ? [`cut off, there were ${bytes} bytes`] : []),
    ...(masked > 0 ? [`${masked} ${masked === 1 ? 'value' : 'values'} masked`] : []),
  ];
  return notes.length === 0 ? '' : ` (${notes.join(', ')})`;
}

/** Indented, unless that would write a number in another way. */
function pretty(json: string): string {
  const value: unknown = JSON.parse(json);
  return JSON.stringify(value) === json ? JSON.stringify(value, null, 2) : json;
}
