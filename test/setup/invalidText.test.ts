import { expect, test } from 'vitest';
import { invalidText } from '../../src/setup/loadConfig.ts';

const operator = { path: '/ops/settings.yaml', by: '--settings' } as const;

test.each([
  [['--settings'], 'the settings file /ops/settings.yaml cannot be used', 'it cannot be read'],
  [
    ['/ops/settings.yaml', '/ops/settings.yaml'],
    'the settings file /ops/settings.yaml is not valid',
    'the config directory is fine',
  ],
  [['HOLDFAST_GIT_URL'], 'the environment is not valid', 'a variable is no file'],
  [['team.yaml'], 'the config ./config is not valid', 'a file of the directory'],
  [
    ['/ops/settings.yaml', 'team.yaml'],
    'the config ./config is not valid',
    'the directory has a problem of its own',
  ],
])('%j: %s', (files, expected, because) => {
  const problems = files.map((file) => ({ file }));
  expect(invalidText(problems, './config', operator), because).toBe(expected);
});
