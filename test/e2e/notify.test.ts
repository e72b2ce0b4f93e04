import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { serve } from '../support/server.ts';
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
