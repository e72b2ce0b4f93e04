import { expect, test } from 'vitest';
import { printImport, type ImportResult } from '../../src/import/printImport.ts';
import { catalog } from '../support/team.ts';

const entry = (kind: string, name: string) => ({ kind, name, spec: {}, file: 'team.yaml' });

test('an import counts the resources of each kind in words', () => {
  const filed = [
    entry('machines', 'trainer'),
    entry('snapshots', 'monday'),
    entry('snapshots', 'friday'),
  ];
  const result = {
    entries: filed.map((added) => ({ ...added, id: added.name, kept: [], withheld: [] })),
    leftOut: [],
    files: new Map([['team.yaml', filed]]),
    directory: 'config',
    bound: true,
    without: [],
    incomplete: [],
  } as unknown as ImportResult;
  let printed = '';
  const context = { options: { format: 'text' }, out: (text: string) => (printed += text) };
  printImport(context as never, result, catalog.kinds);
  expect(printed).toBe('Added 3 resources to config:\n  team.yaml: 1 machine, 2 snapshots\n');
});
