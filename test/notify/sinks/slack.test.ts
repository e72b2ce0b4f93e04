import { expect, test } from 'vitest';
import type { SinkTarget } from '../../../src/model/settings.ts';
import { alertOf, deliver, env, message } from './deliver.ts';

const slack = (): SinkTarget => ({ sink: 'slack', target: env('URL') });

test('names the worst first, with foreign text that mentions nobody', async () => {
  const { delivery, bodies } = await deliver(slack);
  expect(delivery).toEqual({ result: 'delivered' });
  const foreign =
    '&lt;!channel&gt; &lt;at&gt;all&lt;/at&gt; @everyone [x](http://evil.example) &amp; &lt;@U1&gt;';
  expect(bodies).toEqual([
    {
      text: [
        '*Holdfast: 1 failed, 1 drifted; 1 resolved*',
        `• failed machines/${foreign} (since 2026-11-21T10:00:00.000Z): no\\u000a${foreign}`,
        '• drift machines/a (since 2026-11-21T10:00:00.000Z)',
        '• Resolved:',
        '• was drift machines/z (since 2026-11-21T10:00:00.000Z)',
        '<https://holdfast.example.com/|Dashboard>',
      ].join('\n'),
    },
  ]);
});

test('names the labels of a resource, shortened, and as harmless as its name', async () => {
  const opened = [
    alertOf('a', { labels: { owner: '<!channel>', env: 'prod' } }),
    alertOf('b', { labels: { owner: 'x'.repeat(128) } }),
  ];
  const { bodies } = await deliver(slack, { ...message, opened, resolved: [] });
  expect((bodies as readonly { text: string }[])[0]?.text.split('\n').slice(1, 3)).toEqual([
    '• drift machines/a [owner=&lt;!channel&gt;, env=prod] (since 2026-11-21T10:00:00.000Z)',
    `• drift machines/b [owner=${'x'.repeat(74)}…] (since 2026-11-21T10:00:00.000Z)`,
  ]);
});

test('names five alerts and counts the others', async () => {
  const opened = Array.from({ length: 7 }, (_, i) => alertOf(`m${i}`));
  const { requests } = await deliver(slack, { ...message, opened, resolved: [] });
  const [body = ''] = requests.map((request) => request.body);
  expect(JSON.parse(body).text).toMatch(/7 drifted[^]*m4[^]*• and 2 others/);
  expect(body).not.toContain('m5');
});
