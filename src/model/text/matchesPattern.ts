/**
 * Whether a pattern, in which `*` stands for any characters, matches a whole text. Takes linear time, which a regular
 * expression would not. Pure.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  const [start = '', ...parts] = pattern.split('*');
  const end = parts.pop();
  if (end === undefined) return text === pattern;
  if (!text.startsWith(start)) return false;
  let from = start.length;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.endsWith(end) && text.length - end.length >= from;
}
