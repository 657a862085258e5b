import { expect, test } from 'vitest';
import { physicalSides } from '../../../scripts/lint/physical-sides.mjs';

const found = (file: string, text: string) =>
  physicalSides(`src/renderer/${file}`, text).map((line) => /“(.*)”/.exec(line)?.[1]);

test.for([
  ['a margin', 'x.tsx', '<p className="flex ml-2 me-1" />', ['ml-2']],
  ['one of less than nothing', 'x.tsx', '<p className="-mr-1.5" />', ['mr-1.5']],
  ['what holds at times', 'x.tsx', "cx('hover:pl-4', wide && 'min-[10px]:text-right')", ['pl-4', 'text-right']],
  ['a place', 'x.tsx', '<p className="absolute right-0.5 left-[4px]" />', ['right-0.5', 'left-[4px]']],
  ['an edge', 'x.tsx', '<p className="border-l rounded-tl-md" />', ['border-l', 'rounded-tl-md']],
  [
    'a property',
    'x.css',
    '.x { margin-left: 2px; right: 0; text-align: left; }',
    ['margin-left', 'right', 'text-align: left'],
  ],
] as const)('%s on a side is found', ([_, file, text, names]) => {
  expect(found(file, text)).toEqual(names);
});

test.for([
  [
    'logical ones',
    'x.tsx',
    '<p className="ms-2 pe-1 start-0 text-start border-s rounded-ss-md -translate-x-1/2 left-1/2" />',
  ],
  ['time', 'x.tsx', '<p style={{ left: percent(left) }} title={left} />'],
  [
    'properties without a side',
    'x.css',
    '.x { margin-inline-start: 2px; inset-inline-end: 0; background: linear-gradient(to right, a, b); }',
  ],
  ['other code', 'x.ts', "const side = 'ml-2';"],
] as const)('%s are none', ([_, file, text]) => {
  expect(found(file, text)).toEqual([]);
});
