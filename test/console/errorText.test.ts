import { expect, test } from 'vitest';
import { errorText } from '../../src/console/errorText.ts';
import { UserError } from '../../src/console/userError.ts';
import { StoreError } from '../../src/model/store.ts';

const system = (over: object) =>
  Object.assign(new Error('EACCES: denied'), { code: 'EACCES', ...over });

test.each([
  [new UserError('a\n::error::b'), String.raw`a\u000a::error::b`, 'foreign text cannot add a line'],
  [
    new UserError(['a', '::error::b']),
    'a\n\\u003a:error::b',
    'each line of the message is printed',
  ],
  [
    new StoreError('the disk is full\u001b'),
    String.raw`the disk is full\u001b`,
    'the user can fix it',
  ],
  [
    system({ syscall: 'open', path: 'x\ny' }),
    String.raw`cannot open x\u000ay: permission denied; give the user that runs Holdfast access to it, or choose another path (EACCES)`,
    'an error of the system is the user’s to fix, too',
  ],
  [
    system({ syscall: 'listen', code: 'EADDRINUSE', address: '127.0.0.1', port: 80 }),
    'cannot listen on 127.0.0.1:80: another program is listening there; stop it, or choose another port (EADDRINUSE)',
    'an address in place of a path',
  ],
  [
    new SuppressedError(system({ syscall: 'open' }), new UserError('first')),
    'first',
    'the first error counts',
  ],
])('%s', (error, expected, because) => {
  expect(errorText(error), because).toBe(expected);
});

test.each([
  [new Error('x'), 'it is unexpected'],
  [system({}), 'it has no system call'],
  [system({ syscall: 'open', code: 'EWEIRD' }), 'its code has no explanation'],
  ['a string', 'it is not an Error'],
])('%s is a bug: %s', (error, _because) => {
  expect(errorText(error)).toMatch(/^this is a bug in Holdfast: /);
});
