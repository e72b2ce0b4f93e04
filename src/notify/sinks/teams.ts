import { escapeMarkdown } from '../markdown.ts';
import { messageText } from '../messageText.ts';
import type { Sink } from '../sink.ts';

/**
 * Microsoft Teams' workflows ("when a webhook request is received"): an Adaptive Card. Its texts are Markdown; a
 * mention would also need an entry in `msteams.entities`. The text of a message is shorter than the 28 KB that Teams
 * accepts.
 */
const teams: Sink<'teams'> = {
  async deliver(message, url, context) {
    const { title, lines, link } = messageText(message, context);
    const content = {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      msteams: { width: 'Full' },
      body: [
        { ...textBlock(title), weight: 'Bolder' },
        ...lines.map((line) => ({ ...textBlock(line), spacing: 'Small' })),
      ],
      actions: link === null ? [] : [{ type: 'Action.OpenUrl', title: 'Dashboard', url: link }],
    };
    const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', content };
    return await context.post(await context.read(url), {
      body: JSON.stringify({ type: 'message', attachments: [attachment] }),
    });
  },
};

export default teams;

const textBlock = (text: string) =>
  ({ type: 'TextBlock', text: escapeMarkdown(text), wrap: true }) as const;
