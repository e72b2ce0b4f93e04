import { describe, expect, it } from 'vitest';
import { problemsOf, stateOf } from '../fixtures/desired/directory.ts';

const labelsIn = async (yaml: string) =>
  Object.fromEntries(
    (await stateOf(yaml)).resources.map(({ address, labels }) => [address, labels]),
  );

describe('labels of declared resources', () => {
  it.each<{ name: string; because: string; yaml: string; labels: object }>([
    {
      name: 'of a spec',
      because: 'they are no field of the kind',
      yaml: 'projects: { a: { labels: { owner: ml, env: prod } } }',
      labels: { 'projects/a': { owner: 'ml', env: 'prod' } },
    },
    {
      name: 'of a kind without fields that are required',
      because: 'a spec may consist of labels',
      yaml: 'projects: { a: { labels: { owner: ml } }, b: }',
      labels: { 'projects/a': { owner: 'ml' }, 'projects/b': undefined },
    },
    {
      name: 'of defaults and of a spec',
      because: 'they merge key by key, and the spec wins',
      yaml: [
        'defaults: { projects: { labels: { owner: ml, env: prod } } }',
        'projects: { a: { labels: { env: dev, tier: "1" } }, b: }',
      ].join('\n'),
      labels: {
        'projects/a': { owner: 'ml', env: 'dev', tier: '1' },
        'projects/b': { owner: 'ml', env: 'prod' },
      },
    },
    {
      name: 'of a merge key',
      because: 'YAML merges one level, so labels of the map replace those of the merged one',
      yaml: [
        'x-base: &base { labels: { owner: ml, env: prod } }',
        'projects: { a: { <<: *base, labels: { env: dev } }, b: { <<: *base } }',
      ].join('\n'),
      labels: { 'projects/a': { env: 'dev' }, 'projects/b': { owner: 'ml', env: 'prod' } },
    },
    {
      name: 'of several names',
      because: 'each resource has them',
      yaml: 'projects: { "p{1..2}": { labels: { owner: ml } } }',
      labels: { 'projects/p1': { owner: 'ml' }, 'projects/p2': { owner: 'ml' } },
    },
    {
      name: 'none',
      because: 'an empty map and nothing declare none',
      yaml: 'projects: { a: { labels: {} }, b: { labels: } }',
      labels: { 'projects/a': undefined, 'projects/b': undefined },
    },
    {
      name: 'whose names are those of built-in properties',
      because: 'they are ordinary keys',
      yaml: 'projects: { a: { labels: { constructor: x, toString: y } } }',
      labels: { 'projects/a': { constructor: 'x', toString: 'y' } },
    },
    {
      name: 'with other alphabets and spaces',
      because: 'an owner may be a person',
      yaml: 'projects: { a: { labels: { cost.owner: "Zoë <zoe@example.com>, 数据" } } }',
      labels: { 'projects/a': { 'cost.owner': 'Zoë <zoe@example.com>, 数据' } },
    },
  ])('$name: $because', async ({ yaml, labels }) => {
    expect(await labelsIn(yaml)).toEqual(labels);
  });

  it('takes keys of 63 characters and values of 128, and no longer ones', async () => {
    const yaml = (key: number, value: number): string =>
      `projects: { a: { labels: { ${'k'.repeat(key)}: ${'v'.repeat(value)} } } }`;
    expect(await problemsOf(yaml(63, 128))).toEqual([]);
    expect(await problemsOf(yaml(64, 128))).toEqual([
      `1:28 wrong-name: a key in labels of projects/a is "${'k'.repeat(64)}"; it takes at most 63 characters`,
    ]);
    expect(await problemsOf(yaml(1, 129))).toHaveLength(1);
  });

  it('takes 32 labels, and counts more without an error for each', async () => {
    const yaml = (count: number): string =>
      `projects: { a: { labels: { ${Array.from({ length: count }, (_, i) => `k${i}: -`).join(', ')} } } }`;
    expect(await problemsOf(yaml(32).replaceAll('-', 'x'))).toEqual([]);
    expect(await problemsOf(yaml(5000).replaceAll('-', '"*"'))).toEqual([
      '1:26 wrong-value: labels of projects/a holds 5000 members; it takes at most 32',
    ]);
  });

  it('does not take them as a field of another part', async () => {
    expect(await problemsOf('absent: { labels: [a] }')).toEqual([
      expect.stringContaining('unknown-kind'),
    ]);
    expect(await problemsOf('projects: { a: { label: { owner: ml } } }')).toEqual([
      expect.stringContaining('did you mean labels?'),
    ]);
  });
});
