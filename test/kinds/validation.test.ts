import { expect, test } from 'vitest';
import { loadDesired } from '../../src/desired/load.ts';
import { directoryOf, problemsIn } from '../fixtures/desired/directory.ts';
import { catalog } from '../support/team.ts';

/** Returns the problems of a YAML file, validated with the program's own kinds. */
const problemsWith = async (yaml: string): Promise<readonly string[]> =>
  problemsIn(await loadDesired(await directoryOf({ 'team.yaml': yaml }), catalog));

test.each([
  ['teamSecrets: { my-token: { value: { env: A } } }', '1:16 wrong-name: "my-token"'],
  [
    'teamSecrets: { "T{1..2}": { value: { env: A } }, "1T": { value: { env: A } } }',
    '1:50 wrong-name: "1T"',
  ],
  [`teamSecrets: { ${'T'.repeat(129)}: { value: { env: A } } }`, '1:16 wrong-name: '],
  ['absent: { teamSecrets: [a b] }', '1:25 wrong-name: "a b"'],
  ['teamMembers: { ada: { role: admin } }', '1:16 wrong-name: "ada"'],
])('a wrong name: %s', async (yaml, says) => {
  const problems = await problemsWith(yaml);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(says);
});

test('names, keys and values that the API would reject', async () => {
  const long = 'N'.repeat(129);
  expect(
    await problemsWith(
      [
        'projects:',
        `  ${long}: {}`,
        '  vision:',
        '    secrets:',
        '      good_1: { env: A }',
        '      1-bad: { env: A }',
        `      ${long}: { env: A }`,
        '      plain: hush',
        'datasets:',
        '  cats:',
        '    versions: { "a,b": {}, v1: { mesage: First } }',
        'deployments:',
        '  api:',
        '    project: vision',
        '    config:',
        '      apiVersion: v1',
        '      name: other',
        '      basicAuthKey: hush',
        '      resources: { ports: [80], replicas: -1 }',
      ].join('\n'),
    ),
  ).toEqual([
    expect.stringMatching(
      /^2:3 wrong-name: "N+…" is not a valid name: it takes 1 to 128 printable characters$/,
    ),
    '6:7 wrong-name: a key in secrets of projects/vision is "1-bad"; it takes letters, digits and _, with a letter first, such as HUB_TOKEN',
    expect.stringMatching(
      /^7:7 wrong-name: a key in secrets of projects\/vision is "N+…"; it takes at most 128 characters$/,
    ),
    expect.stringMatching(/^8:14 plain-secret: secrets.plain of projects\/vision is a secret/),
    '11:17 wrong-name: a key in versions of datasets/cats is "a,b"; it takes a text without commas, and without space at its ends',
    '11:34 unknown-field: unknown field "mesage" in versions.v1 of datasets/cats; did you mean message?',
    '15:5 missing-field: missing field "image" in config of deployments/api',
    '17:13 wrong-value: config.name of deployments/api is "other", and must not be set here',
    '18:21 wrong-value: config.basicAuthKey of deployments/api is a string; it takes what matches ^secret:.',
    '19:7 missing-field: missing field "machineType" in config.resources of deployments/api',
    '19:43 wrong-value: config.resources.replicas of deployments/api is -1; it takes at least 0',
  ]);
});
