import { describe, expect, test } from 'vitest';
import { englishLiterals } from '../../../scripts/lint/english-literals.mjs';

const found = (code: string) => englishLiterals('src/renderer/x.tsx', code).map((line) => /“(.*)”/.exec(line)?.[1]);

describe('text in no catalogue', () => {
  test.for([
    ['between tags', 'const a = <p>Open sessions</p>;', ['Open sessions']],
    ['beside a value', 'const a = <p>{n} failed</p>;', ['failed']],
    ['in an attribute', 'const a = <b title="Close" className="flex gap" />;', ['Close']],
    ['in an attribute of ours', `const a = <Field label="Name" hint={\`Up to \${n}\`} />;`, ['Name', 'Up to']],
    ['in one of two cases', "const a = <p>{on ? 'on' : t('x.off')}</p>;", ['on']],
    ['where nothing else is', "const a = <p title={name ?? 'nobody'}>{name || 'none'}</p>;", ['nobody', 'none']],
    ['in a table', "const MODES = [{ value: 'all', label: 'Everything' }];", ['Everything']],
    ['in a sentence anywhere', `const said = (n) => \`The server \${n} is down.\`;`, ['The server']],
    ['in an error that people read', "throw new HoldfastError('unauthorized', 'Sign in first.');", ['Sign in first.']],
  ] as const)('is found %s', ([_, code, texts]) => {
    expect(found(code)).toEqual(texts);
  });

  test.for([
    ['a text of the catalogue', "const a = <p title={t('a.b')}>{t('a.c', { name })}</p>;"],
    ['a name', 'const a = <code translate="no">tools/call <b>x</b></code>;'],
    ['the product', 'const a = <b>Holdfast</b>;'],
    ['signs', 'const a = <p>{n} · {m} – 10 %</p>;'],
    ['classes and values', "const a = <p className={cx('flex gap', on ? 'bold' : 'thin')} />;"],
    ['a condition', "const a = <p>{mode === 'Open' && <b />}</p>;"],
    ['what developers read', "console.error('A view failed'); throw new Error('The page has no root');"],
    ['imports and types', "import { x } from 'A b'; type T = 'Not said';"],
  ] as const)('is not %s', ([_, code]) => {
    expect(found(code)).toEqual([]);
  });

  test('is told with its place', () => {
    expect(englishLiterals('src/renderer/x.tsx', 'const a = 1;\nconst b = <p>Late</p>;')).toEqual([
      'src/renderer/x.tsx:2: “Late” is in no catalogue',
    ]);
    expect(englishLiterals('src/renderer/x.tsx', 'const = ;')[0]).toMatch(/cannot be read/);
  });
});
