import { userInfo } from 'node:os';

/** The user of a command in the audit, as `cli:USER`. In a container the user may have no name. */
export function cliActor(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    return `cli:${process.getuid?.() ?? 'unknown'}`;
  }
}
