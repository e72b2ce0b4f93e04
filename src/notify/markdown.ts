/** Escapes text from outside for Markdown, so that it is shown as it is: no link, mention, or format. */
export const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_~|[\]<>@&]|:(?=\/\/)/g, String.raw`\$&`);
