import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { serve } from '../support/server.ts';
import { receiveMail } from '../support/smtp.ts';
import { place } from './holdfast.ts';

const settings = (url: string, over = '') =>
  `settings: { mode: observe, schedule: "* * * * * *"${over}, notify: [{ webhook: { url: "${url}/hook" }, settle: 1 }] }\n`;
const network = 'privateNetworks:\n  a: { region: ny2 }\n';

interface Event {
  readonly type: string;
  readonly data: {
    readonly opened: readonly { name: string }[];
    readonly resolved: readonly { name: string }[];
  };
}

const eventOf = ({ body }: { readonly body: string }): string => {
  const { type, data } = JSON.parse(body) as Event;
  const names = (list: Event['data']['opened'], sign: string) =>
    list.map(({ name }) => sign + name);
  return [
    type.replace('dev.holdfast.drift.', ''),
    ...names(data.opened, '+'),
    ...names(data.resolved, '-'),
  ].join(' ');
};

test('drift is told once, whatever restarts and lost answers happen in between', async () => {
  await using here = await place();
  await using simulator = await startSimulator();
  let answer = 200;
  await using receiver = await serve(() =>
    answer === 0 ? (response) => response.socket?.destroy() : { status: answer },
  );
  const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
  await here.write({
    'config/holdfast.yaml': settings(receiver.url),
    'config/team.yaml': 'privateNetworks: {}\n',
  });
  const first = here.start(['run'], env);
  await first.saw(/"msg":"pass ended"/);
  answer = 0;
  await here.write({ 'config/team.yaml': network });
  await first.saw(/notification not delivered; trying again/);
  first.kill('SIGKILL');
  await first.ended;
  answer = 200;
  const second = here.start(['run'], env);
  await second.saw(/"msg":"notification delivered"/);
  const [lost, told] = receiver.seen;
  expect([eventOf(lost ?? { body: '' }), eventOf(told ?? { body: '' })]).toEqual([
    'opened +a',
    'opened +a',
  ]);
  expect(told?.headers['webhook-id']).toBe(lost?.headers['webhook-id']);
  const [, url = ''] = await second.saw(/"url":"(http:[^"]+)".*"msg":"started"/);
  expect(await (await fetch(`${url}/api/v1/status`)).json()).toMatchObject({
    notifications: [{ pending: 0, error: null, off: false }],
  });
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(
    /holdfast_notifications_total\{sink="webhook-[0-9a-f]{8}",outcome="delivered"\} 1/,
  );
  await here.write({ 'config/team.yaml': 'privateNetworks: {}\n' });
  await receiver.arrived(3);
  second.kill('SIGTERM');
  expect(await second.ended).toMatchObject({ code: 0 });
  expect(receiver.seen.map(eventOf)).toEqual(['opened +a', 'opened +a', 'resolved -a']);
});

test('notify test sends a message to each sink, and says which one did not get it', async () => {
  await using here = await place();
  await using receiver = await serve(() => ({}));
  await here.write({
    'config/holdfast.yaml': `settings: { notify: [{ webhook: { url: "${receiver.url}/hook" } }, { slack: { env: SLACK_URL } }] }\n`,
  });
  const partly = await here.run(['notify', 'test']);
  expect(partly).toMatchObject({ code: 1, stderr: '' });
  expect(partly.stdout).toMatch(
    /^webhook-\w{8}: delivered\nslack-\w{8}: not delivered: the environment variable SLACK_URL is not set\n$/,
  );
  const fully = await here.run(['notify', 'test', '--format', 'json'], {
    SLACK_URL: `${receiver.url}/slack-canary`,
  });
  expect(fully.code).toBe(0);
  expect(fully.stdout).not.toContain('canary');
  expect(receiver.seen.map(({ url }) => url).toSorted()).toEqual([
    '/hook',
    '/hook',
    '/slack-canary',
  ]);
});

test('notify test sends to every kind of sink', async () => {
  await using here = await place();
  await using receiver = await serve(() => ({}));
  await using mails = await receiveMail();
  const sinks = [
    'slack: { env: URL }',
    'teams: { env: URL }',
    'discord: { env: URL }',
    'email: { to: [ops@example.com], from: h@example.com, smtp: { env: SMTP_URL } }',
    `pagerduty: { routingKey: { env: KEY }, url: "${receiver.url}/pagerduty" }`,
    'alertmanager: { url: { env: URL }, auth: { env: KEY } }',
    'webhook: { url: { env: URL }, secret: { env: KEY } }',
  ];
  await here.write({
    'config/holdfast.yaml': `settings: { notify: [${sinks.map((sink) => `{ ${sink} }`).join(', ')}] }\n`,
  });
  const told = await here.run(['notify', 'test'], {
    URL: `${receiver.url}/hook`,
    KEY: 'k',
    SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
  });
  expect(told).toMatchObject({ code: 0, stderr: '' });
  expect(
    told.stdout
      .replaceAll(/-\w{8}: delivered/g, '')
      .trim()
      .split('\n'),
  ).toEqual(sinks.map((sink) => sink.split(':')[0]));
  expect(receiver.seen.map(({ url }) => url).toSorted()).toEqual([
    '/hook',
    '/hook',
    '/hook',
    '/hook',
    '/hook/api/v2/alerts',
    '/pagerduty',
    '/pagerduty',
  ]);
  expect(mails.mails).toMatchObject([{ to: ['ops@example.com'] }]);
});

test.each([
  { args: ['--nonsense'], message: /unknown option '--nonsense'/ },
  { args: ['more'], message: /too many arguments/ },
  { args: ['--format', 'sarif'], message: /--format sarif: write one of text, json/ },
])('notify test $args sends nothing', async ({ args, message }) => {
  await using here = await place();
  await using receiver = await serve(() => ({}));
  await here.write({
    'config/holdfast.yaml': 'settings: { notify: [{ slack: { env: URL } }] }\n',
  });
  const ended = await here.run(['notify', 'test', ...args], { URL: receiver.url });
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toMatch(message);
  expect(receiver.seen).toEqual([]);
});
