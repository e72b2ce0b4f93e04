/** The text that a terminal shows after these bytes: it knows line ends, the clearing of a line, and colours. */
export function screenAfter(bytes: string): string {
  const lines = [''];
  let column = 0;
  // oxlint-disable-next-line no-control-regex -- terminals are controlled by these characters
  for (const [part] of bytes.matchAll(/\u001b\[K|\u001b\[[\d;]*m|\r|\n|[^\u001b\r\n]+/g)) {
    const line = lines.at(-1) ?? '';
    if (part === '\n') {
      lines.push('');
      column = 0;
    } else if (part === '\r') column = 0;
    else if (part === '\u001b[K') lines[lines.length - 1] = line.slice(0, column);
    else if (!part.startsWith('\u001b')) {
      lines[lines.length - 1] = line.slice(0, column) + part + line.slice(column + part.length);
      column += part.length;
    }
  }
  return lines.join('\n');
}
