import { describe, expect, test } from 'vitest';
import { machineTypeLabel } from '../../src/kinds/lib/machines/types.ts';
import type { Observed } from '../../src/model/resource.ts';
import type { Listing } from '../../src/model/pass/snapshot.ts';
import { spellingsIn } from '../../src/reconcile/compare/spelling.ts';
import { bench } from '../support/passes.ts';
import { catalog, live, want } from '../support/team.ts';

test.each([
  { typed: 'a100-80g', is: 'A100-80G', because: 'the vendor’s pages use this spelling' },
  { typed: 'a100-80gX8', is: 'A100-80Gx8', because: 'the x of several GPUs is in lower case' },
  { typed: 'RTX4000', is: 'RTX4000', because: 'the x in the name does not start a count' },
  { typed: 'rtx4000x2', is: 'RTX4000x2', because: 'the second x starts a count' },
  { typed: 'c5', is: 'C5', because: 'types without a GPU too' },
  { typed: 'gpu+', is: 'GPU+', because: 'a sign has no case' },
  { typed: 'A100-80G', is: 'A100-80G', because: 'it is the label' },
  { typed: 'h200', is: 'h200', because: 'an unknown label is unchanged' },
  { typed: 'a100-80gx800', is: 'a100-80gx800', because: 'no machine has that many' },
  { typed: '', is: '', because: 'an empty label is unchanged' },
  { typed: 'x2', is: 'x2', because: 'a count without a label is unchanged' },
])('$typed is sent as $is: $because', ({ typed, is }) => {
  expect(machineTypeLabel(typed)).toBe(is);
});

const listing = (kind: string, items: readonly Partial<Observed>[]): Listing => ({
  kind,
  complete: false,
  error: 'it broke off',
  items: items.map((item) => ({ name: 'n', id: 'i', spec: {}, ready: true, ...item })),
  byId: new Map(),
});

describe('a text is sent in the API’s spelling', () => {
  const schema = { caseInsensitive: true, spelledBy: { osTemplates: 'machineTypes' } };
  const at = { kind: 'machines', path: 'machineType' };
  const templates = listing('osTemplates', [{ attributes: { machineTypes: ['C5', 'H200'] } }]);
  const machines = listing('machines', [{ spec: { machineType: 'L40S' } }, {}]);
  const snapshot = new Map([
    ['osTemplates', templates],
    ['machines', machines],
  ]);

  test.each([
    { value: 'h200', is: 'H200', because: 'a template offers it' },
    { value: 'l40s', is: 'L40S', because: 'a machine has it' },
    { value: 'B300', is: 'B300', because: 'the API has not shown it' },
    { value: 5, is: 5, because: 'it is not text' },
  ])('$value as $is: $because', ({ value, is }) => {
    expect(spellingsIn(snapshot).ofValue(value, schema, at)).toBe(is);
  });

  test('only if the field is case-insensitive', () => {
    expect(spellingsIn(snapshot).ofValue('h200', {}, at)).toBe('h200');
    expect(spellingsIn(new Map()).ofValue('h200', schema, at)).toBe('h200');
    const machine = catalog.kinds.get('machines')?.schema ?? {};
    const spec = { machineType: 'h200', region: 'ny2', diskSize: 50 };
    expect(spellingsIn(snapshot).ofSpec('machines', machine, spec)).toEqual({
      ...spec,
      machineType: 'H200',
    });
  });
});

test('a machine type in lower case is checked, created, and changed by its label', async () => {
  await using it = await bench();
  const sent: string[] = [];
  it.simulator.onExchange((exchange) => {
    const { method, path, query, requestBody } = exchange;
    const [type] = /(?<=machineType\W{1,3})[\w-]+/.exec(JSON.stringify([query, requestBody])) ?? [];
    if (type) sent.push(`${method} ${path} ${type}`);
  });
  const machine = (machineType: string) =>
    want('machines', 'a', {
      machineType,
      template: live('osTemplates', 'Ubuntu 22.04'),
      region: 'ny2',
      diskSize: 50,
      state: 'off',
    });
  await it.pass([machine('a100-80g')]);
  await it.pass([machine('a100-80g')]);
  await it.pass([machine('a100-80gx2')]);
  expect(sent).toEqual([
    'GET /machine-availability A100-80G',
    'POST /machines A100-80G',
    'PUT /machines/{id} A100-80Gx2',
  ]);
});
