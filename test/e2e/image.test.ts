import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const tool = join(root, 'tools/build-image');
const tag = 'holdfast:test';
const minutes = 60_000;

/** Installs Debian packages and needs root, so it runs only on request (.ci/run requests it). */
const asked = process.env['HOLDFAST_TEST_IMAGE'] === '1';
if (!asked)
  process.stderr.write(
    'SKIPPED: the container image is not tested; HOLDFAST_TEST_IMAGE=1 does it\n',
  );

/** The checks inside a container: its user, its content, whether it works, stops, and leaves its root unchanged. */
const script = `
set -eu
echo "user $(id -u)"
git --version && ssh -V 2>&1 && command -v ssh-keygen
test -s /etc/ssl/certs/ca-certificates.crt && test ! -e /var/lib/apt/lists/lock && echo "with certificates, without lists"
test ! -e node_modules && echo "no packages beside the program"
test -s dist/licences.txt && test -s dist/sbom.cdx.json && echo "with their licences"
mkdir /data/config
echo 'privateNetworks: { research: { region: ny2 } }' > /data/config/team.yaml
touch /data/marker
export HOLDFAST_SERVER_LISTEN=127.0.0.1:18087
HOLDFAST_MODE=enforce node bin/holdfast.js run --config /data/config --simulate=/data/team.json > /data/out 2>&1 &
daemon=$!
for try in $(seq 100); do grep -q 'All in sync' /data/out && break; sleep 0.2; done
cat /data/out
node bin/healthcheck.js && echo "healthy"
kill -TERM $daemon
wait $daemon && echo "stopped with 0"
node bin/healthcheck.js || echo "and not healthy any more"
echo "written elsewhere: $(find / -xdev -newer /data/marker -type f -not -path '/proc/*' -not -path '/sys/*' -not -path '/data/*' 2>/dev/null | wc -l)"
`;

/** Runs the program as Kubernetes does: the root is read-only, /data belongs to a group, and no capability is left. */
const restricted = `
set -eu
container=$(buildah from --pull-never ${tag})
trap 'buildah rm "$container" >/dev/null' EXIT
root=$(buildah mount "$container")
mkdir -p "$root/data"
unshare --mount --pid --fork sh -euc "
mount --make-rprivate /
mount --bind $root $root
mount -o remount,bind,ro $root
mount -t tmpfs -o mode=1777 tmpfs $root/tmp
mount -t tmpfs -o gid=1000,mode=2775 tmpfs $root/data
mount -t proc proc $root/proc
mount --bind /dev $root/dev
cd $root/app
exec chroot $root setpriv --reuid 1000 --regid 1000 --clear-groups --bounding-set=-all --inh-caps=-all \\
  --no-new-privs sh -euc '
grep CapBnd /proc/self/status
cd /app
touch new || true
mkdir /tmp/config
echo {} > /tmp/config/team.yaml
HOLDFAST_STORE=sqlite:/data/holdfast/state.db HOLDFAST_REPORTS_DIRECTORY=/data/reports \\
  node bin/holdfast.js apply --yes --config /tmp/config --simulate=/data/team.json'"
`;

describe.runIf(asked)('the container image', () => {
  test(
    'builds, runs without root, is healthy, stops, and writes only to /data',
    async () => {
      await run(tool, [root, tag], { maxBuffer: 64 * 1024 * 1024 });
      const { stdout } = await run(tool, ['--run', tag, '--', 'sh', '-c', script]);
      expect(stdout).toContain('user 1000');
      expect(stdout).toMatch(/git version 2\.\d+[^]*OpenSSH_/);
      expect(stdout).toContain('with certificates, without lists');
      expect(stdout).toContain('no packages beside the program\nwith their licences');
      expect(stdout).toMatch(/1 created: 1 in sync\.[^]*All in sync, nothing to do/);
      expect(stdout).toContain('\nhealthy\n');
      expect(stdout).toContain('stopped with 0');
      expect(stdout).toContain('and not healthy any more');
      expect(stdout).toContain('written elsewhere: 0');
    },
    10 * minutes,
  );

  test('runs on a read-only root without capabilities', async () => {
    const { stdout, stderr } = await run('sh', ['-c', restricted], {
      env: { ...process.env, STORAGE_DRIVER: 'vfs' },
    });
    expect(stdout).toMatch(/CapBnd:\s+0+\n/);
    expect(stderr).toContain('Read-only file system');
    expect(stdout).toContain('All in sync');
  });

  test('names its entry point, its command, and its health check', async () => {
    const { stdout } = await run('buildah', ['inspect', '--type', 'image', tag], {
      env: { ...process.env, STORAGE_DRIVER: 'vfs' },
    });
    const { Docker } = JSON.parse(stdout) as { Docker: { config: Record<string, unknown> } };
    expect(Docker.config).toMatchObject({
      User: '1000:1000',
      Entrypoint: [
        'node',
        '--disable-sigusr1',
        '--max-semi-space-size=2',
        '--heap-growing-percent=40',
        'bin/holdfast.js',
      ],
      Cmd: ['run', '--config', '/config'],
      Healthcheck: { Test: ['CMD', 'node', 'bin/healthcheck.js'] },
    });
  });
});
