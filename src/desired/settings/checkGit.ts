import type { GitAuth } from '../../model/settings.ts';
import { accessProblem, parseRepositoryUrl } from '../../model/text/repositoryUrl.ts';
import { joinWithOr, type Problems } from '../problems/problems.ts';
import type { MayLack } from '../validate/schemaErrors.ts';
import { isNothing, locate, textOf, type Entries, type Located, type Node } from '../yaml/tree.ts';

/** The ways to ask a Git server for access: the fields of each, which go together. */
const ways: readonly { readonly type: GitAuth['type']; readonly fields: readonly string[] }[] = [
  { type: 'token', fields: ['token'] },
  { type: 'basic', fields: ['username', 'password'] },
  { type: 'sshKey', fields: ['sshKey', 'knownHosts'] },
  { type: 'githubApp', fields: ['githubApp'] },
];

/**
 * Checks what the schema of `git` does not: the address, and which fields go together. `mayLack`: where other settings
 * may add fields, so that the address is not compared with the way of access.
 */
export function checkGit(root: Located, mayLack: MayLack, problems: Problems): void {
  const { node, depth } = locate(root, ['git']);
  if (depth === 0 || node.type !== 'map') return;
  const fields = setIn(node.entries);
  const branch = fields.get('branch');
  if (branch && fields.has('ref'))
    problems.add(branch.at, 'wrong-value', 'git of settings has both ref and branch; write ref');
  const auth = fields.get('auth')?.value;
  const way = auth && wayOf(auth, problems);
  const url = fields.get('url')?.value;
  const address = textOf(url);
  if (!url || address === undefined) return;
  const parsed = parseRepositoryUrl(address);
  if (typeof parsed === 'string') return problems.add(url.at, 'wrong-value', parsed);
  if (mayLack !== 'nowhere' || way === 'unusable') return;
  const problem = accessProblem(parsed, way);
  if (problem !== undefined) problems.add((auth ?? url).at, 'wrong-value', problem);
}

/** The way of access, if it has all of its fields. Everything wrong with it is added to the problems. */
function wayOf(auth: Node, problems: Problems): GitAuth['type'] | 'unusable' {
  if (auth.type !== 'map') return 'unusable';
  const set = setIn(auth.entries);
  const begun = ways.filter(({ fields }) => fields.some((field) => set.has(field)));
  const [way] = begun;
  if (!way || begun.length > 1) {
    const takes = joinWithOr(ways.map(({ fields }) => fields.join(' with ')));
    const found = begun.length === 0 ? 'no way of access' : `${begun.length} ways of access`;
    const message = `git.auth of settings has ${found}; it takes one: ${takes}`;
    problems.add(auth.at, 'wrong-value', message);
    return 'unusable';
  }
  checkSshKey(set, problems);
  const missing = way.fields.find((field) => !set.has(field));
  if (missing === undefined) return way.type;
  const message = `missing field "${missing}" in git.auth of settings`;
  problems.add(auth.at, 'missing-field', message);
  return 'unusable';
}

function checkSshKey(set: Entries, problems: Problems): void {
  const key = set.get('sshKey');
  if (key?.value.type !== 'map' || key.value.entries.has('file')) return;
  const message = 'git.auth.sshKey of settings is read by ssh; write { file: PATH }';
  problems.add(key.value.at, 'wrong-value', message);
}

const setIn = (entries: Entries): Entries =>
  new Map([...entries].filter(([, { value }]) => !isNothing(value)));
