import { expect, test } from 'vitest';
import { fingerprintsOf } from '../../../src/reconcile/compare/fingerprints.ts';
import { planFor, want } from '../../support/team.ts';

const yamlOf = (path: string, within: string | undefined): string => {
  const secret = { from: 'file', path, ...(within === undefined ? {} : { within }) };
  const desired = new Map([
    ['teamSecrets/s' as const, want('teamSecrets', 's', { value: secret })],
  ]);
  return fingerprintsOf(desired, new Map(), new Map(), planFor({})).yaml('teamSecrets/s');
};

test.each<{
  name: string;
  a: [string, string | undefined];
  b: [string, string | undefined];
  equal: boolean;
  because: string;
}>([
  {
    name: 'the same file of another commit',
    a: ['/r/1/files/key', '/r/1/files'],
    b: ['/r/2/files/key', '/r/2/files'],
    equal: true,
    because: 'a failure is not forgotten when somebody else pushes',
  },
  {
    name: 'another file of the config',
    a: ['/r/1/files/key', '/r/1/files'],
    b: ['/r/1/files/other', '/r/1/files'],
    equal: false,
    because: 'the declaration has changed',
  },
  {
    name: 'a file outside of the config',
    a: ['/run/1/key', undefined],
    b: ['/run/2/key', undefined],
    equal: false,
    because: 'it is another file',
  },
])('$name: $because', ({ a: [path, within], b: [otherPath, otherWithin], equal }) => {
  expect(yamlOf(path, within) === yamlOf(otherPath, otherWithin)).toBe(equal);
});
