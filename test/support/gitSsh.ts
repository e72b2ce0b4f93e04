import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createKey, temporaryDirectory } from './git.ts';

const sshd = '/usr/sbin/sshd';

/** Whether the OpenSSH server is installed (.ci/run installs it). */
export const hasSshd = existsSync(sshd);
if (!hasSshd)
  process.stderr.write('SKIPPED: Git over ssh is not tested, since openssh-server is missing\n');

export interface SshServer {
  /** The address of a directory on this machine. */
  readonly urlOf: (directory: string) => string;
  /** The private key of a user that may log in. */
  readonly key: string;
  /** The lines of a `known_hosts` file for the server. */
  readonly knownHosts: string;
  readonly fingerprint: string;
}

/** Starts an ssh server on loopback: one `sshd` for each connection. It ends with the test. */
export async function startSshd(): Promise<SshServer> {
  const directory = await temporaryDirectory();
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true });
  const [host, key] = [await createKey(directory, 'host'), await createKey(directory, 'user')];
  const config = join(directory, 'sshd_config');
  await writeFile(config, configFor(host, `${key}.pub`));
  const children = new Set<ReturnType<typeof spawn>>();
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const child = spawn(sshd, ['-i', '-e', '-f', config], { stdio: [socket, socket, 'ignore'] });
    children.add(child);
    child.on('exit', () => void (children.delete(child), socket.destroy()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const child of children) child.kill('SIGKILL');
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const [type = '', value = ''] = (await readFile(`${host}.pub`, 'utf8')).split(' ');
  return {
    urlOf: (path) => `ssh://${userInfo().username}@127.0.0.1:${port}${path}`,
    key,
    knownHosts: `[127.0.0.1]:${port} ${type} ${value}\n`,
    fingerprint: await fingerprintOf(value),
  };
}

async function fingerprintOf(key: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', Buffer.from(key, 'base64'));
  return `SHA256:${Buffer.from(hash).toString('base64').replace(/=+$/, '')}`;
}

const configFor = (hostKey: string, authorizedKeys: string): string =>
  [
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${authorizedKeys}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'PidFile none',
    '',
  ].join('\n');
