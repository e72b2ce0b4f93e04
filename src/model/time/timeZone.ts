/** Whether a text names a time zone that this system knows. */
export function isTimeZone(text: string): boolean {
  try {
    return text.length <= 64 && formatIn(text, {}).format(0) !== '';
  } catch {
    return false;
  }
}

/**
 * Formats times in a time zone with a 24-hour clock, in English. Throws a `RangeError`, in words for the user, if the
 * time zone does not exist.
 */
export function formatIn(timeZone: string, parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...parts });
  } catch {
    throw new RangeError(`"${timeZone}" is no time zone; write one like Europe/Berlin or UTC`);
  }
}
