import type { Sink } from '../sink.ts';
import { messageText } from '../messageText.ts';

/**
 * Slack's incoming webhooks: JSON with a text in mrkdwn. Escaping `&`, `<`, and `>` makes mentions (`<!channel>`,
 * `<@U1>`) plain text; `@everyone` is plain text unless `link_names` is set.
 */
const slack: Sink<'slack'> = {
  async deliver(message, url, context) {
    const { title, lines, link } = messageText(message, context);
    const text = [
      `*${escaped(title)}*`,
      ...lines.map((line) => `• ${escaped(line)}`),
      ...(link === null ? [] : [`<${link}|Dashboard>`]),
    ].join('\n');
    return await context.post(await context.read(url), { body: JSON.stringify({ text }) });
  },
};

export default slack;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
