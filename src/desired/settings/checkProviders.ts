import { isOwnVariable } from '../../model/files/ownCredentials.ts';
import { isLoopback } from '../../model/loopback.ts';
import { escaped, type Problems } from '../problems/problems.ts';
import { isNothing, locate, textOf, type Entries, type Located, type Node } from '../yaml/tree.ts';

/** Checks what the schema of `secrets.providers` does not: which fields go together, and what a program may get. */
export function checkProviders(root: Located, problems: Problems): void {
  const { node, depth } = locate(root, ['secrets', 'providers']);
  if (depth < 2 || node.type !== 'map') return;
  for (const { key, at, value } of node.entries.values())
    if (value.type === 'map') {
      const fields = new Map([...value.entries].filter(([, entry]) => !isNothing(entry.value)));
      const message = combinationProblem(fields);
      if (message !== undefined)
        problems.add(at, 'wrong-value', `the provider ${escaped(key)} ${message}`);
      checkExec(fields.get('exec')?.value, problems);
      checkVariables(fields.get('env')?.value, problems);
      checkUrl(fields.get('vault')?.value, problems);
    }
}

function combinationProblem(fields: Entries): string | undefined {
  const [isExec, isVault] = [fields.has('exec'), fields.has('vault')];
  if (isExec === isVault)
    return `has ${isExec ? 'both exec and vault' : 'neither exec nor vault'}; it takes one of them`;
  if (isVault && !fields.has('auth')) return 'has a vault, and lacks auth: { tokenFile: PATH }';
  const foreign = (isExec ? ['mount', 'auth'] : ['env']).find((key) => fields.has(key));
  return foreign === undefined
    ? undefined
    : `has ${foreign}, which belongs to ${isExec ? 'vault' : 'exec'}`;
}

function checkExec(node: Node | undefined, problems: Problems): void {
  if (node?.type !== 'list') return;
  const [program, ...args] = node.items.map((item) => textOf(item) ?? '');
  const count = args.filter((arg) => arg.includes('{key}')).length;
  if (count !== 1 || program?.includes('{key}'))
    problems.add(
      node.at,
      'wrong-value',
      'exec is a program and its arguments, exactly one of which contains {key}',
    );
}

function checkVariables(node: Node | undefined, problems: Problems): void {
  for (const item of node?.type === 'list' ? node.items : []) {
    const name = textOf(item);
    if (name !== undefined && isOwnVariable(name))
      problems.add(
        item.at,
        'own-credential',
        `env names ${escaped(name)}, a variable of Holdfast’s own; of HOLDFAST_*, a provider gets HOLDFAST_SECRET_* only`,
      );
  }
}

function checkUrl(node: Node | undefined, problems: Problems): void {
  const text = textOf(node);
  if (node === undefined || text === undefined || !URL.canParse(text)) return;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (protocol !== 'https:' && !isLoopback(hostname))
    problems.add(
      node.at,
      'wrong-value',
      'vault is an address with https; the token goes over http to this machine only',
    );
  if (username + password + search + hash !== '')
    problems.add(
      node.at,
      'wrong-value',
      'vault is an address without a user, a query, and a fragment; the token is in auth.tokenFile',
    );
}
