import { expect, test } from 'vitest';
import type { SinkTarget } from '../../../src/model/settings.ts';
import { deliver, env, message } from './deliver.ts';

const teams = (): SinkTarget => ({ sink: 'teams', target: env('URL') });

const foreign = String.raw`\<!channel\> \<at\>all\</at\> \@everyone \[x\](http\://evil.example) \& \<\@U1\>`;

test('is an Adaptive Card whose foreign text is neither a link nor a mention', async () => {
  const { delivery, bodies } = await deliver(teams);
  expect(delivery).toEqual({ result: 'delivered' });
  const block = (text: string) => ({ type: 'TextBlock', text, wrap: true });
  expect(bodies).toEqual([
    {
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            msteams: { width: 'Full' },
            body: [
              block('Holdfast: 1 failed, 1 drifted; 1 resolved'),
              block(
                String.raw`failed machines/${foreign} (since 2026-11-21T10:00:00.000Z): no\\u000a${foreign}`,
              ),
              block('drift machines/a (since 2026-11-21T10:00:00.000Z)'),
              block('Resolved:'),
              block('was drift machines/z (since 2026-11-21T10:00:00.000Z)'),
            ].map((one, i) => ({
              ...one,
              ...(i === 0 ? { weight: 'Bolder' } : { spacing: 'Small' }),
            })),
            actions: [
              { type: 'Action.OpenUrl', title: 'Dashboard', url: 'https://holdfast.example.com/' },
            ],
          },
        },
      ],
    },
  ]);
});

test('a test message is a title', async () => {
  const { bodies } = await deliver(teams, { ...message, event: 'test', opened: [], resolved: [] });
  expect(bodies).toMatchObject([
    { attachments: [{ content: { body: [{ text: 'Holdfast: a test message' }] } }] },
  ]);
});
