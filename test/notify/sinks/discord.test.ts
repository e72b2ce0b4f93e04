import { expect, test } from 'vitest';
import type { SinkTarget } from '../../../src/model/settings.ts';
import { deliver, env, largeMessage } from './deliver.ts';

const discord = (): SinkTarget => ({ sink: 'discord', target: env('URL') });

const foreign = String.raw`\<!channel\> \<at\>all\</at\> \@everyone \[x\](http\://evil.example) \& \<\@U1\>`;

test('mentions nobody, and shows foreign text as it is', async () => {
  const { delivery, bodies } = await deliver(discord);
  expect(delivery).toEqual({ result: 'delivered' });
  expect(bodies).toEqual([
    {
      content: [
        '**Holdfast: 1 failed, 1 drifted; 1 resolved**',
        String.raw`failed machines/${foreign} (since 2026-11-21T10:00:00.000Z): no\\u000a${foreign}`,
        'drift machines/a (since 2026-11-21T10:00:00.000Z)',
        'Resolved:',
        'was drift machines/z (since 2026-11-21T10:00:00.000Z)',
        '[Dashboard](<https://holdfast.example.com/>)',
      ].join('\n'),
      allowed_mentions: { parse: [] },
      flags: 4,
    },
  ]);
});

test('has at most 2,000 characters, of whole lines, with the link', async () => {
  const { requests } = await deliver(discord, largeMessage);
  const { content } = JSON.parse(requests[0]?.body ?? '');
  expect(content.length).toBeLessThanOrEqual(2000);
  expect(content).toMatch(/1500 drifted[^]*machines\/m0[^]*\n…\n\[Dashboard\]\(<https:/);
});
