import { joinWithOr, type Problems } from '../problems/problems.ts';
import { isNothing, locate, type Entries, type Located } from '../yaml/tree.ts';

/** The ways to ask a Git server for access: the fields of each, which go together. */
const ways: readonly (readonly string[])[] = [
  ['token'],
  ['username', 'password'],
  ['sshKey', 'knownHosts'],
  ['githubApp'],
];

/** Checks what the schema of `git` does not: which fields go together. */
export function checkGit(root: Located, problems: Problems): void {
  const { node, depth } = locate(root, ['git']);
  if (depth === 0 || node.type !== 'map') return;
  const fields = setIn(node.entries);
  const branch = fields.get('branch');
  if (branch && fields.has('ref'))
    problems.add(branch.at, 'wrong-value', 'git of settings has both ref and branch; write ref');
  const auth = fields.get('auth');
  if (auth?.value.type !== 'map') return;
  const set = setIn(auth.value.entries);
  const begun = ways.filter((way) => way.some((field) => set.has(field)));
  const [way = []] = begun;
  const missing = way.find((field) => !set.has(field));
  const takes = joinWithOr(ways.map((fieldsOfWay) => fieldsOfWay.join(' with ')));
  if (begun.length !== 1)
    problems.add(
      auth.value.at,
      'wrong-value',
      `git.auth of settings has ${begun.length === 0 ? 'no way of access' : `${begun.length} ways of access`}; it takes one: ${takes}`,
    );
  else if (missing !== undefined)
    problems.add(
      auth.value.at,
      'missing-field',
      `missing field "${missing}" in git.auth of settings`,
    );
  const key = set.get('sshKey');
  if (key?.value.type === 'map' && !key.value.entries.has('file'))
    problems.add(
      key.value.at,
      'wrong-value',
      'git.auth.sshKey of settings is read by ssh; write { file: PATH }',
    );
}

const setIn = (entries: Entries): Entries =>
  new Map([...entries].filter(([, { value }]) => !isNothing(value)));
