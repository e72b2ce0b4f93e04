import { escapeMarkdown } from '../markdown.ts';
import { messageText } from '../messageText.ts';
import type { Sink } from '../sink.ts';

/** The longest content that Discord accepts, in characters. */
const maxLength = 2000;

/** The flag of a message that shows no previews of links. */
const suppressEmbeds = 4;

/** Discord's webhooks: Markdown. Nobody is mentioned, whatever the text, since `allowed_mentions` allows nobody. */
const discord: Sink<'discord'> = {
  async deliver(message, url, context) {
    const { title, lines, link } = messageText(message, context);
    const texts = [`**${escapeMarkdown(title)}**`, ...lines.map(escapeMarkdown)];
    const end = link === null ? '' : `\n[Dashboard](<${link}>)`;
    const content = fitting(texts, maxLength - end.length).join('\n') + end;
    return await context.post(await context.read(url), {
      body: JSON.stringify({ content, allowed_mentions: { parse: [] }, flags: suppressEmbeds }),
    });
  },
};

export default discord;

/** The first lines that fit into a number of characters, line ends included. `…` is in place of the others. */
function fitting(lines: readonly string[], maxCharacters: number): readonly string[] {
  let characters = 1;
  const count = lines.findIndex((line) => (characters += line.length + 1) > maxCharacters);
  return count === -1 ? lines : [...lines.slice(0, count), '…'];
}
