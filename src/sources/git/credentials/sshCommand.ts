import { quotedWord } from '../../../model/text/shellWord.ts';
import { GitError } from '../gitError.ts';

/**
 * The command that Git's shell runs for ssh. It uses only this key and these host keys, reads no config of the user or
 * the machine, and reports the server's host key in its debug output. Throws a `GitError` for a path that ssh would
 * change.
 */
export function sshCommand(files: SshFiles): string {
  const words = ['ssh', '-F', '/dev/null', ...options(files).flatMap((option) => ['-o', option])];
  return words.map(quotedWord).join(' ');
}

interface SshFiles {
  /** The private key. */
  readonly file: string;
  readonly knownHosts: string;
}

const options = ({ file, knownHosts }: SshFiles): readonly string[] => [
  `IdentityFile="${sshPath(file)}"`,
  `UserKnownHostsFile="${sshPath(knownHosts)}"`,
  'GlobalKnownHostsFile=/dev/null',
  'StrictHostKeyChecking=yes',
  'UpdateHostKeys=no',
  'IdentitiesOnly=yes',
  'IdentityAgent=none',
  'PreferredAuthentications=publickey',
  'BatchMode=yes',
  'ForwardAgent=no',
  'ClearAllForwardings=yes',
  'PermitLocalCommand=no',
  'ControlPath=none',
  'LogLevel=DEBUG1',
];

/** ssh expands `%` and `${…}` in paths, and cannot escape the latter or a quotation mark. */
function sshPath(path: string): string {
  if (/["\\]|\$\{|\p{Cc}/u.test(path))
    throw new GitError(
      'auth',
      `the path ${JSON.stringify(path)} of git.auth holds characters that ssh does not read as they are; rename the file`,
    );
  return path.replaceAll('%', '%%');
}
