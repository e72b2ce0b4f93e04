import { expect, test } from 'vitest';
import type { Message } from '../../../src/model/notify/alert.ts';
import type { SinkTarget } from '../../../src/model/settings.ts';
import { receiveMail, type Answers } from '../../support/smtp.ts';
import { alertOf, env, largeMessage, message, send } from './deliver.ts';

const email: Extract<SinkTarget, { sink: 'email' }> = {
  sink: 'email',
  target: { to: ['ops@example.com', 'b@example.com'], from: 'h@example.org', smtp: env('URL') },
};

/** Sends a mail to a server on loopback, and returns the outcome, the mails, and the commands. */
async function mail(
  sent: Message = message,
  answers?: Answers,
  {
    user = 'user:pass-canary@',
    host = '127.0.0.1',
    tls = undefined as 'smtps' | 'starttls' | undefined,
  } = {},
) {
  await using server = await receiveMail(answers, tls);
  const scheme = tls === 'smtps' ? 'smtps' : 'smtp';
  const url = `${scheme}://${user}${host}:${server.port}`;
  const delivery = await send(email, url, sent);
  expect(JSON.stringify(delivery)).not.toMatch(/user|canary|127\.|0\.0|smtp:|example/);
  return { delivery, mails: server.mails, commands: server.commands };
}

/** The lines of a body in quoted-printable. */
const decoded = (content = ''): string =>
  content
    .replace(/^[^]*?\r\n\r\n/, '')
    .replaceAll('=\r\n', '')
    .replace(/=([\dA-F]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll('\r\n', '\n');

test('is a mail of plain text', async () => {
  const opened = [alertOf('a', { class: 'failed', reason: 'no\nroom' })];
  const { delivery, mails, commands } = await mail({ ...message, opened });
  expect(delivery).toEqual({ result: 'delivered' });
  expect(commands).toContain(`AUTH PLAIN ${Buffer.from('\0user\0pass-canary').toString('base64')}`);
  expect(mails).toMatchObject([
    {
      from: 'h@example.org',
      to: ['ops@example.com', 'b@example.com'],
      encrypted: false,
    },
  ]);
  const content = mails[0]?.content ?? '';
  const headers = content.split('\r\n\r\n')[0]?.split('\r\n');
  expect(headers).toEqual(
    expect.arrayContaining([
      'From: h@example.org',
      'To: ops@example.com, b@example.com',
      'Subject: Holdfast: 1 failed; 1 resolved',
      'Message-ID: <01KAPASS.sink-12345678@example.org>',
      'Date: Sat, 21 Nov 2026 10:00:00 +0000',
      'Auto-Submitted: auto-generated',
      'Content-Type: text/plain; charset=utf-8',
    ]),
  );
  expect(decoded(content)).toBe(
    String.raw`failed machines/a (since 2026-11-21T10:00:00.000Z): no\u000aroom
Resolved:
was drift machines/z (since 2026-11-21T10:00:00.000Z)

https://holdfast.example.com/`,
  );
});

test('no text from outside becomes a header or a command', async () => {
  const foreign = 'x\r\nBcc: evil@example.net\r\n.\r\nMAIL FROM:<evil@example.net>';
  const opened = [alertOf(foreign, { reason: foreign })];
  const { mails, commands } = await mail({ ...message, workspace: foreign, opened });
  expect(commands.filter((command) => /^(MAIL|RCPT)/.test(command))).toHaveLength(3);
  const [headers = ''] = mails[0]?.content.split('\r\n\r\n') ?? [];
  expect(headers).toMatch(/^Subject: Holdfast \(x\\u000d\\u000aBcc/m);
  expect(headers).not.toMatch(/^Bcc/im);
});

test('addresses with commas and quotes are one address each', async () => {
  await using server = await receiveMail();
  const target = { ...email.target, to: ['"a,evil@example.net'], from: 'a,b@example.org' };
  await send({ sink: 'email', target }, `smtp://127.0.0.1:${server.port}`);
  expect(server.mails).toMatchObject([
    { from: '"a,b"@example.org', to: [String.raw`"\"a,evil"@example.net`] },
  ]);
});

test('the same Message-ID in every attempt, also if the answer was lost', async () => {
  const lost = await mail(message, (command) => (command === '.' ? null : undefined));
  expect(lost.delivery).toEqual({
    result: 'retry',
    reason: 'the mail could not be sent (ECONNECTION)',
  });
  expect(lost.commands).toContain('.');
  const ids = [await mail(), await mail()].map(
    ({ mails }) => /^Message-ID: .*$/m.exec(mails[0]?.content ?? '')?.[0],
  );
  expect(ids[0]).toMatch(/<01KAPASS/);
  expect(ids[1]).toBe(ids[0]);
});

test('names five of thousands of alerts', async () => {
  const { delivery, mails } = await mail(largeMessage);
  expect(delivery).toEqual({ result: 'delivered' });
  expect(mails[0]?.content.length).toBeLessThan(30_000);
});

test.each<{ name: string; answers: Answers; reason: string }>([
  {
    name: 'a wrong password',
    answers: (command) => (command.startsWith('AUTH') ? '535 no user canary' : undefined),
    reason: 'the mail could not be sent (EAUTH, 535)',
  },
  {
    name: 'a sender that is refused',
    answers: (command) => (command.startsWith('MAIL') ? '550 not h@example.org' : undefined),
    reason: 'the mail could not be sent (EENVELOPE, 550)',
  },
  {
    name: 'recipients that are all refused',
    answers: (command) => (command.startsWith('RCPT') ? '550 not here' : undefined),
    reason: 'the mail could not be sent (EENVELOPE, 550)',
  },
  {
    name: 'a mail that is refused',
    answers: (command) => (command === '.' ? '554 spam from user' : undefined),
    reason: 'the mail could not be sent (EMESSAGE, 554)',
  },
])('$name: the codes, without what the server says', async ({ answers, reason }) => {
  const { delivery, mails } = await mail(message, answers);
  expect(delivery).toEqual({ result: 'retry', reason });
  expect(mails).toEqual([]);
});

test('a recipient that is refused is told by a test, and does not repeat the mail of the others', async () => {
  const answers: Answers = (command) => (command.includes('<b@') ? '550 not here' : undefined);
  const { delivery, mails } = await mail(message, answers);
  expect(delivery).toEqual({ result: 'delivered' });
  expect(mails).toMatchObject([{ to: ['ops@example.com'] }]);
  const told = await mail({ ...message, event: 'test', opened: [], resolved: [] }, answers);
  expect(told.delivery).toEqual({
    result: 'retry',
    reason: 'the mail server refused 1 of 2 recipients',
  });
});

test.each<{ host: string; tls?: 'smtps' | 'starttls'; because: string; expected: object }>([
  {
    host: '127.0.0.1',
    tls: 'starttls',
    because: 'it is used where it is offered',
    expected: { mails: [{ encrypted: true }] },
  },
  {
    host: '127.0.0.1',
    tls: 'smtps',
    because: 'the certificate of this machine needs no proof',
    expected: { mails: [{ encrypted: true }] },
  },
  {
    host: '0.0.0.0',
    because: 'nothing may be sent to another host without encryption',
    expected: { mails: [], delivery: { reason: 'the mail could not be sent (ETLS, 502)' } },
  },
  {
    host: '0.0.0.0',
    tls: 'starttls',
    because: 'the certificate of another host must be valid',
    expected: { mails: [], delivery: { reason: 'the mail could not be sent (ESOCKET)' } },
  },
  {
    host: '0.0.0.0',
    tls: 'smtps',
    because: 'the certificate of another host must be valid',
    expected: { mails: [], delivery: { reason: 'the mail could not be sent (ESOCKET)' } },
  },
])('encryption: $host, $tls: $because', async ({ host, tls, expected }) => {
  const { commands, ...answer } = await mail(message, undefined, { host, tls });
  expect(answer).toMatchObject(expected);
  const written = commands.filter((command) => /AUTH|MAIL|RCPT/.test(command));
  expect(written).toHaveLength(answer.mails.length * 4);
});

test('a server that does not answer is given up when Holdfast stops', async () => {
  const stop = new AbortController();
  await using server = await receiveMail(() => {
    stop.abort();
    return 'silence';
  });
  const url = `smtp://127.0.0.1:${server.port}`;
  expect(await send(email, url, message, stop.signal)).toEqual({
    result: 'retry',
    reason: 'the mail could not be sent (EABORT)',
  });
});

test.each(['canary', 'https://canary.example', 'smtp://', 'smtp://%ff:canary@127.0.0.1', ''])(
  '%j is no URL of a mail server',
  async (url) => {
    expect(await send(email, url)).toEqual({
      result: 'retry',
      reason: 'its URL is not a URL with smtp or smtps',
    });
  },
);

test('a server that is not there', async () => {
  expect(await send(email, 'smtp://user:canary@127.0.0.1:1')).toEqual({
    result: 'retry',
    reason: 'the mail could not be sent (ESOCKET)',
  });
});
