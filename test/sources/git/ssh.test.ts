import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKey, temporaryDirectory, testRepository } from '../../support/git.ts';
import { hasSshd, startSshd } from '../../support/gitSsh.ts';
import { failureOf, open } from './open.ts';

/** A source behind an ssh server, with files whose paths need quoting. */
async function serving() {
  const source = await testRepository();
  const id = await source.commit({ 'team.yaml': 'a: 1\n' });
  const server = await startSshd();
  const directory = join(await temporaryDirectory(), `it's 100% "ok" $HOME`.replaceAll('"', ''));
  await mkdir(directory);
  const [file, knownHosts] = [join(directory, 'the key'), join(directory, 'known hosts')];
  await copyFile(server.key, file);
  await chmod(file, 0o600);
  await writeFile(knownHosts, server.knownHosts);
  const repository = await open({
    url: server.urlOf(source.directory),
    auth: { type: 'sshKey', file, knownHosts },
  });
  return { id, server, source, file, knownHosts, repository };
}

describe.runIf(hasSshd)('an ssh source', () => {
  it('uses the key and the known hosts, whatever their paths', async () => {
    const { id, repository } = await serving();
    expect(await repository.latest()).toMatchObject({ id });
    expect((await repository.read(id)).problems).toEqual([]);
  });

  it('refuses a server with another host key, and tells its fingerprint', async () => {
    const { server, knownHosts, repository } = await serving();
    const { server: other } = await serving();
    const [place] = server.knownHosts.split(' ');
    const lines = { unknown: '', changed: other.knownHosts.replace(/^\S+/, place ?? '') };
    for (const text of Object.values(lines)) {
      await writeFile(knownHosts, text);
      expect(await failureOf(repository.latest())).toMatch(
        new RegExp(
          `^host-key: the host key of 127.0.0.1:\\d+ is not among those in .*known hosts: the server sent ssh-ed25519 ${server.fingerprint.replaceAll('+', '\\+')}; compare`,
        ),
      );
    }
    await writeFile(knownHosts, lines.changed + server.knownHosts);
    expect(await failureOf(repository.latest())).toBe('no error');
  });

  it('says that the server refuses the key', async () => {
    const { server, source, knownHosts } = await serving();
    const file = await createKey(await temporaryDirectory(), 'stranger');
    const auth = { type: 'sshKey', file, knownHosts } as const;
    const repository = await open({ url: server.urlOf(source.directory), auth });
    expect(await failureOf(repository.latest())).toMatch(
      /^auth: 127.0.0.1:\d+ refuses access to the repository; check git.auth/,
    );
  });

  it('says that ssh refuses the key because others may read it', async () => {
    const { file, repository } = await serving();
    await chmod(file, 0o644);
    expect(await failureOf(repository.latest())).toBe(
      `auth: ssh refuses the key of git.auth because others may read it; chmod 600 ${file}`,
    );
  });

  it('says that the server cannot be reached', async () => {
    const { file, knownHosts } = await serving();
    const auth = { type: 'sshKey', file, knownHosts } as const;
    const repository = await open({ url: 'ssh://git@127.0.0.1:1/team', auth });
    expect(await failureOf(repository.latest())).toBe(
      'unreachable: 127.0.0.1:1 cannot be reached: ssh: connect to host 127.0.0.1 port 1: Connection refused',
    );
  });

  it('says that the repository or a file of auth is missing', async () => {
    const { server, file, knownHosts } = await serving();
    const auth = { type: 'sshKey', file, knownHosts } as const;
    const repository = await open({ url: server.urlOf('/missing'), auth });
    expect(await failureOf(repository.latest())).toMatch(
      /^not-found: 127.0.0.1:\d+ has no repository at the address of git.url/,
    );
    const url = server.urlOf('/');
    const without = await open({ url, auth: { ...auth, file: '/missing/key' } });
    expect(await failureOf(without.latest())).toBe(
      'auth: the file /missing/key of git.auth does not exist',
    );
  });
});
