import { expect, test } from 'vitest';
import type { Output } from '../../../src/console/output.ts';
import {
  canShowStatus,
  withoutStatusLine,
  withStatusLine,
} from '../../../src/console/terminal/statusLine.ts';
import { screenAfter } from '../../support/screen.ts';

/** A terminal of some columns on stderr, and on stdout unless that is a file. */
function terminal({ isOutTerminal = true, columns = 80 } = {}) {
  let bytes = '';
  let file = '';
  let width = columns;
  const output = (isTerminal: boolean, write: Output['write']): Output => ({
    write,
    isTerminal,
    isWaiting: () => false,
    onLoss() {},
  });
  const toTerminal = (text: string): void => void (bytes += text.replaceAll('\n', '\r\n'));
  const plain = {
    out: output(isOutTerminal, isOutTerminal ? toTerminal : (text) => void (file += text)),
    err: output(true, toTerminal),
  };
  const it = withStatusLine(plain, { columns: () => width, paint: (text) => text });
  return {
    ...it,
    screen: () => screenAfter(bytes),
    bytes: () => bytes,
    file: () => file,
    resize: (to: number): void => {
      width = to;
      it.redraw();
    },
  };
}

test('the line stays below what is written to stdout and stderr', () => {
  const { out, err, status, screen } = terminal();
  status.set('listing');
  out.write('a report\nof two lines\n');
  expect(screen()).toBe('a report\nof two lines\nlisting');
  err.write('a log line\n');
  status.set('1/2 done');
  expect(screen()).toBe('a report\nof two lines\na log line\n1/2 done');
  status.end();
  expect(screen()).toBe('a report\nof two lines\na log line\n');
});

test('a shorter text leaves nothing of a longer one, and an equal one is not written again', () => {
  const { status, screen, bytes } = terminal();
  status.set('a long text');
  status.set('short');
  expect(screen()).toBe('short');
  const before = bytes();
  status.set('short');
  expect(bytes()).toBe(before);
});

test('it never wraps, whatever the width', () => {
  const { status, screen, resize } = terminal({ columns: 10 });
  status.set('waiting for machines/a');
  expect(screen()).toBe('waiting …');
  resize(6);
  expect(screen()).toBe('wait…');
  resize(40);
  expect(screen()).toBe('waiting for machines/a');
});

test('it stays away while a line has no end', () => {
  const { out, status, screen } = terminal();
  status.set('waiting');
  out.write('Do this? ');
  status.set('still waiting');
  expect(screen()).toBe('Do this? ');
  out.write('yes\n');
  expect(screen()).toBe('Do this? yes\nstill waiting');
});

test('a file gets no code', () => {
  const { out, status, file, screen } = terminal({ isOutTerminal: false });
  status.set('waiting');
  out.write('a report\n');
  expect([file(), screen()]).toEqual(['a report\n', 'waiting']);
});

test('text from outside cannot control the terminal', () => {
  const { status, screen } = terminal();
  status.set('waiting for a\u001b[2J\nb');
  expect(screen()).toBe(String.raw`waiting for a\u001b[2J\u000ab`);
});

test('after its end nothing is shown', () => {
  const { err, status, screen } = terminal();
  status.end();
  status.set('late');
  err.write('stopped\n');
  expect(screen()).toBe('stopped\n');
});

test.each([
  [true, { TERM: 'xterm' }, true, 'a terminal'],
  [true, { TERM: 'xterm', NO_COLOR: '1' }, true, 'NO_COLOR is about colours'],
  [false, { TERM: 'xterm' }, false, 'a file or a pipe'],
  [true, { TERM: 'dumb' }, false, 'it cannot clear a line'],
  [true, {}, false, 'it may be unable to'],
  [true, { TERM: 'xterm', CI: 'true' }, false, 'the log of a job keeps every line'],
])('terminal: %s, %j: %s', (isTerminal, env, expected, because) => {
  expect(canShowStatus({ isTerminal }, env), because).toBe(expected);
});

test('without a status line the outputs stay as they are', () => {
  const { out, err } = terminal();
  const plain = withoutStatusLine({ out, err });
  plain.status.set('x');
  plain.status.end();
  expect([plain.out, plain.err, plain.status.isShown]).toEqual([out, err, false]);
});
