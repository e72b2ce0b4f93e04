import { visible } from '../../../model/text/visible.ts';
import { CloneDamage, GitError, type GitFailureKind } from '../gitError.ts';
import type { GitOptions } from '../options.ts';
import type { RepositoryUrl } from '../../../model/text/repositoryUrl.ts';
import type { CommandFailure } from './runGit.ts';

/** The command that failed, for messages. */
export interface Context {
  readonly options: GitOptions;
  readonly url: RepositoryUrl;
  readonly limitMs: number;
  /** The texts that no message may contain. */
  readonly secrets: readonly string[];
}

/** A failure by a text in Git's, curl's, or ssh's messages (in the C locale). The first that fits applies. */
interface Rule {
  readonly pattern: RegExp;
  readonly kind: GitFailureKind;
  readonly says: (context: Context, stderr: string) => string;
}

const where = ({ url }: Context): string => visible(url.server);

const rules: readonly Rule[] = [
  {
    pattern: /^error: object [\da-f]+: /m,
    kind: 'other',
    says: (_, stderr) =>
      `the repository of git.url contains an object that Git’s own checks refuse: ${reasonIn(stderr)}; it may be an attack. Remove it from the history of git.ref`,
  },
  {
    pattern: /host key verification failed|remote host identification has changed/i,
    kind: 'host-key',
    says: hostKeyMessage,
  },
  {
    pattern: /unprotected private key file|bad permissions/i,
    kind: 'auth',
    says: ({ options: { auth } }) =>
      `ssh refuses the key of git.auth because others may read it; chmod 600 ${keyFile(auth)}`,
  },
  {
    pattern:
      /authentication failed|could not read (?:username|password)|returned error: 40[13]|http basic: access denied|permission denied \(|load key .*: /i,
    kind: 'auth',
    says: (context) =>
      `${where(context)} refuses access to the repository; check git.auth: the credential may have expired, or lack the permission to read`,
  },
  {
    pattern: /redirect|returned error: 30\d/i,
    kind: 'redirect',
    says: (context) =>
      `${where(context)} redirects to another address, and Holdfast does not send credentials there; set git.url to the repository’s present address`,
  },
  {
    pattern: /dubious ownership/i,
    kind: 'auth',
    says: (context) =>
      `the repository ${where(context)} belongs to another user, so Git does not read it; change its owner, or run Holdfast as its owner`,
  },
  {
    pattern:
      /repository .*not found|returned error: (?:404|410)|does not appear to be a git repository|info\/refs not valid|not valid: is this a git repository/i,
    kind: 'not-found',
    says: (context) =>
      `${where(context)} has no repository at the address of git.url, or hides it; check whether it was renamed, and whether git.auth may read it`,
  },
  {
    pattern: /certificate|\bssl\b|\btls\b|gnutls/i,
    kind: 'tls',
    says: (context, stderr) =>
      `the TLS connection to ${where(context)} fails: ${reasonIn(stderr)}; for a private certificate authority set SSL_CERT_FILE to its certificates`,
  },
  {
    pattern:
      /could not resolve|couldn't connect|failed to connect|connection (?:refused|timed out|reset|closed)|no route to host|network is unreachable|empty reply|returned error: (?:429|5\d\d)|recv failure|kex_exchange|proxy/i,
    kind: 'unreachable',
    says: (context, stderr) => `${where(context)} cannot be reached: ${reasonIn(stderr)}`,
  },
  {
    pattern: /not our ref|unadvertised object|couldn't find remote ref/i,
    kind: 'ref',
    says: ({ options: { ref } }) => unknownRef(ref),
  },
];

export const unknownRef = (ref: string): string =>
  `the repository of git.url has no branch, tag, or commit “${visible(ref)}”; check git.ref: it may have been deleted or renamed`;

/**
 * Explains the failure of a command that spoke with the server. What no rule explains may come from a damaged clone: a
 * `CloneDamage`, whose message may be shown if a new clone does not help.
 */
export function explainFailure(failure: CommandFailure, context: Context): Error {
  if (failure.cause !== 'exit') return explainLocal(failure, context);
  const stderr = scrub(failure.stderr, context.secrets);
  // Git quotes the address, whose words say nothing about the failure.
  const words = withoutDebug(stderr).replaceAll(context.url.text, '');
  const rule = rules.find(({ pattern }) => pattern.test(words));
  return rule
    ? new GitError(rule.kind, rule.says(context, stderr))
    : new CloneDamage(reasonIn(stderr));
}

/** Explains the failure of a command that used only the clone. */
export function explainLocal(failure: CommandFailure, context: Context): Error {
  switch (failure.cause) {
    case 'not-installed':
      return new GitError(
        'program',
        'the program git is not installed, or not in PATH; a config from Git needs it (and ssh for an ssh address)',
      );
    case 'timeout':
      return new GitError(
        'timeout',
        `git did not finish within ${context.limitMs / 1000} s with ${where(context)}; it is tried again at the next lookup`,
      );
    case 'exit':
      return new CloneDamage(reasonIn(scrub(failure.stderr, context.secrets)));
  }
}

const scrub = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret !== '')
    .reduce((scrubbed, secret) => scrubbed.replaceAll(secret, '***'), text);

/** ssh's debug output quotes much that is no error. */
const withoutDebug = (stderr: string): string => stderr.replace(/^debug1:.*$/gm, '');

/** Git's first error, without its prefix. Those after it follow from it. Of a refused push, the reason for the ref. */
function reasonIn(stderr: string): string {
  const lines = withoutDebug(stderr)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const refused = lines.flatMap(
    (text) => /^! \[(?:remote )?rejected\] .*\((.+)\)$/.exec(text.slice(0, 500))?.[1] ?? [],
  );
  const line =
    refused[0] ?? lines.find((text) => /^(?:fatal|error|ssh):/.test(text)) ?? lines.at(-1) ?? '';
  return visible(line.replace(/^(?:fatal|error): /, '').slice(0, 500)) || 'git gave no reason';
}

function hostKeyMessage(context: Context, stderr: string): string {
  const { auth } = context.options;
  const knownHosts = auth?.type === 'sshKey' ? auth.knownHosts : '';
  const key = /^debug1: Server host key: (?<key>\S+ \S+)/m.exec(stderr)?.groups?.['key'];
  return `the host key of ${where(context)} is not among those in ${knownHosts}: the server sent ${visible(key ?? 'none')}; compare this fingerprint with the one that the server’s operator publishes, and if they are equal, add the key to that file (ssh-keyscan prints it)`;
}

const keyFile = (auth: GitOptions['auth']): string => (auth?.type === 'sshKey' ? auth.file : '');
