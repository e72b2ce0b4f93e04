import { expect, test } from 'vitest';
import { parseResourceQuery, selectResources } from '../../src/model/pass/resourceQuery.ts';
import { resource } from '../support/reports.ts';

const resources = [
  { ...resource, name: 'a', status: 'inSync' },
  { ...resource, name: 'b', status: 'blocked', reason: 'over limits.deletions' },
  { ...resource, name: 'c', status: 'drifted', labels: { owner: 'ml' } },
  { ...resource, kind: 'privateNetworks', name: 'A', status: 'unmanaged' },
] as const;

const select = (text: string) => {
  const query = parseResourceQuery(new URLSearchParams(text));
  if (typeof query === 'string') return query;
  const { items, total, nextPage } = selectResources(resources, query);
  return `${items.map(({ kind, name }) => `${kind}/${name}`).join(' ')}, ${total}, ${nextPage}`;
};

test.each([
  ['', 'machines/b machines/c machines/a privateNetworks/A, 4, null', 'attention first'],
  ['status=attention', 'machines/b machines/c, 2, null', 'any status that needs a person'],
  ['status=inSync', 'machines/a, 1, null', 'one status'],
  [
    'status=&kind=&q=',
    'machines/b machines/c machines/a privateNetworks/A, 4, null',
    'an empty field is none',
  ],
  ['kind=privateNetworks', 'privateNetworks/A, 1, null', 'one kind'],
  ['q=ES/a', 'machines/a, 1, null', 'part of the address, in any case'],
  ['q=DELETIONS', 'machines/b, 1, null', 'part of the reason'],
  ['q=a&kind=privateNetworks&status=unmanaged', 'privateNetworks/A, 1, null', 'all at once'],
  ['label=owner=ml', 'machines/c, 1, null', 'a label'],
  ['label=owner%3Dm*', 'machines/c, 1, null', 'a pattern of its value'],
  ['label=owner=ops', ', 0, null', 'another value'],
  ['label=owner=ml&status=blocked', ', 0, null', 'both'],
  ['label=', 'machines/b machines/c machines/a privateNetworks/A, 4, null', 'an empty label'],
  ['label=owner', 'label must be a label and its value, such as owner=ml', 'no value'],
  ['label=machines/c', 'label must be a label and its value, such as owner=ml', 'an address'],
  ['limit=2', 'machines/b machines/c, 4, 2', 'the first page'],
  ['limit=2&page=2', 'machines/a privateNetworks/A, 4, null', 'the last page'],
  ['page=9', ', 4, null', 'beyond the last page'],
  ['status=well', expect.stringContaining('status must be one of attention, inSync'), 'unknown'],
  ['limit=201', 'limit must be a number from 1 to 200', 'too many'],
  ['page=0', 'page must be a number from 1', 'pages count from 1'],
  ['page=1e99', 'page must be a number from 1', 'no such number'],
])('%j selects %j: %s', (text, expected) => {
  expect(select(text)).toEqual(expected);
});
