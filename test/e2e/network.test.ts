import { expect, test } from 'vitest';
import { place } from './holdfast.ts';

const key = 'pskey-of-the-network-tests';

test('the key does not cross the network in the clear unless that is allowed', async () => {
  await using here = await place();
  await here.write({ 'config/team.yaml': 'privateNetworks: { a: { region: ny2 } }\n' });
  const env = { PAPERSPACE_API_URL: 'http://127.evil.example/v1', PAPERSPACE_API_KEY: key };
  for (const command of ['plan', 'apply --yes', 'import', 'doctor']) {
    const { code, stdout, stderr } = await here.run(command.split(' '), env);
    expect([command, code]).toEqual([command, 1]);
    expect(`${stdout}${stderr}`).toContain(
      'PAPERSPACE_API_URL is http://127.evil.example: the API key would cross the network in the clear',
    );
    expect(`${stdout}${stderr}`).not.toContain('this is a bug');
  }
});
