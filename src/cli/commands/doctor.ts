import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { countOf } from '../../model/text/countOf.ts';
import type { Client } from '../../api/client.ts';
import { formatProblem } from '../../desired/problems/formats.ts';
import { settingsFile } from '../../desired/declare/declare.ts';
import { resolveSettings } from '../../desired/settings/resolveSettings.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { readSession } from '../../kinds/lib/team.ts';
import { ApiError } from '../../model/api.ts';
import type { Settings } from '../../model/settings.ts';
import type { Team } from '../../model/memory.ts';
import type { DesiredState } from '../../model/resource.ts';
import { teamText } from '../../model/team.ts';
import { visible } from '../../model/text/visible.ts';
import { apiTarget, readApiKey, type Target } from '../../setup/team/apiTarget.ts';
import { connect } from '../../setup/team/openWorkspace.ts';
import { loadConfig, operatorFileOf } from '../../setup/loadConfig.ts';
import { UserError, workspaceOf, type Context } from '../../setup/context.ts';
import { checkSecrets } from './doctorSecrets.ts';
import { checkStore, type Finding } from './doctorStore.ts';
import { requireFormat } from '../../console/printReport.ts';

/** `holdfast doctor`: checks config, secrets, store, key, address, and clock, and says how to fix what is wrong. */
export async function doctor(context: Context): Promise<number> {
  requireFormat(context);
  const { config, settings, secrets } = await checkConfig(context);
  const source = await settingsFinding(context, config.well ? settings.repoMaySet : undefined);
  const store = await checkStore(settings.store, workspaceOf(context));
  const api = await checkApi(context, settings);
  const findings = [
    config,
    source,
    ...secrets,
    store.finding,
    ...api.findings,
    ...teamFindings(api.team, store.team),
  ];
  context.out(
    context.options.format === 'json'
      ? `${JSON.stringify({ findings }, null, 2)}\n`
      : findings.map((finding) => findingLine(context, finding)).join(''),
  );
  return findings.every(({ well }) => well) ? 0 : 1;
}

function findingLine({ paint }: Context, { what, well, seen, mend }: Finding): string {
  const mark = well ? paint('green', 'ok   ') : paint('red', 'wrong');
  const fix = mend === undefined ? '' : `\n${' '.repeat(17)}${visible(mend)}`;
  return `${mark}  ${what.padEnd(8)}  ${visible(seen)}${fix}\n`;
}

/** The finding about the config, and those about its secrets. */
interface ConfigFindings {
  readonly config: Finding;
  readonly secrets: readonly Finding[];
  readonly settings: Settings;
}

async function checkConfig(context: Context): Promise<ConfigFindings> {
  const what = 'config';
  const loaded = await loadConfig(context, await loadCatalog()).catch(unreadable);
  if (loaded instanceof UserError)
    return withoutConfig({ seen: loaded.message, mend: 'check git of settings, and the server' });
  if (loaded.ok)
    return {
      settings: loaded.settings,
      secrets: await checkSecrets(loaded, context.env),
      config: {
        what,
        well: true,
        seen: `${countOf(loaded.state.resources.length, 'resource')} in ${countOf(loaded.files, 'file')} of ${placeOf(context, loaded.state)}`,
      },
    };
  const [first] = loaded.problems;
  return withoutConfig({
    seen: `${countOf(loaded.problems.length, 'problem')}, the first: ${first ? formatProblem(first) : ''}`,
    mend: 'holdfast validate lists all of them',
  });
}

/** A repository that cannot be read is a finding like others. */
function unreadable(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}

/** The findings if there is no config: the other checks then use the default settings. */
function withoutConfig(wrong: Pick<Finding, 'seen' | 'mend'>): ConfigFindings {
  const defaults = resolveSettings(undefined, {}, {});
  if (!defaults.ok) throw new Error('the default settings are not valid');
  return {
    settings: defaults.settings,
    secrets: [],
    config: { what: 'config', well: false, ...wrong },
  };
}

/** The place of a config, for people. */
const placeOf = ({ options }: Context, { git }: DesiredState): string =>
  git
    ? `commit ${git.commit.slice(0, 12)} by ${git.author}, ${git.ref} of ${git.url}`
    : options.config;

/**
 * Says which file the settings come from. What is wrong with the file is in the finding about the config. `repoMaySet`:
 * undefined if the config is not valid.
 */
async function settingsFinding(
  context: Context,
  repoMaySet: readonly string[] | undefined,
): Promise<Finding> {
  const operator = operatorFileOf(context);
  if (operator) {
    const listed = repoMaySet && maySetText(repoMaySet, context.workspace);
    return {
      what: 'settings',
      well: true,
      seen: `${operator.path} (${operator.by})${listed ?? ''}`,
    };
  }
  const file = join(context.options.config, settingsFile);
  const seen = await access(file).then(
    () => file,
    () => `defaults, since there is no ${file}`,
  );
  return { what: 'settings', well: true, seen };
}

/** What `holdfast.yaml` beside the desired state may set. */
function maySetText(repoMaySet: readonly string[], workspace: Context['workspace']): string {
  const key = workspace?.mayNameKey && !repoMaySet.includes('apiKey') ? ['apiKey'] : [];
  const names = [...key, ...repoMaySet].join(', ') || 'nothing';
  return `; ${settingsFile}${workspace ? ` of ${workspace.name}` : ''} may set ${names}`;
}

/** Compares the team of the key with the team of the store; no finding if either is unknown. */
function teamFindings(keyTeam: Team | undefined, storeTeam: Team | undefined): readonly Finding[] {
  if (!keyTeam || !storeTeam) return [];
  const what = 'team';
  if (keyTeam.id === storeTeam.id)
    return [{ what, well: true, seen: `the store belongs to ${teamText(storeTeam)}` }];
  return [
    {
      what,
      well: false,
      seen: `the key acts for ${teamText(keyTeam)}, and the store belongs to ${teamText(storeTeam)}`,
      mend: 'use the key of that team, or another store (settings.store); if the change is intended, run with --accept-team',
    },
  ];
}

/** The clock difference above which times in reports mislead, in milliseconds. */
const longestSkewMs = 60_000;

/** The findings about the API, and the team of the key if it could be read. */
interface ApiFindings {
  readonly findings: readonly Finding[];
  readonly team?: Team;
}

async function checkApi(context: Context, settings: Settings): Promise<ApiFindings> {
  const key = await readApiKey(context, settings).catch((error: Error) => error);
  if (key instanceof Error) return { findings: [{ what: 'key', well: false, seen: key.message }] };
  const { throttle, requests } = settings;
  try {
    const target = await apiTarget(context, settings);
    await using api = connect({ ...target, throttle, requests: { ...requests, retries: 0 } });
    const { findings, ...team } = await checkAnswers(api, target.url);
    return { findings: [proxyFinding(target), ...findings], ...team };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { findings: [{ what: 'address', well: false, seen: error.message }] };
  }
}

const proxyFinding = ({ proxy }: Target): Finding => ({
  what: 'proxy',
  well: true,
  seen: proxy ? `${proxy.address} (${proxy.variable})` : 'none',
});

/** Checks whether the API answers, accepts the key, and has the same time. `retries` is 0, so one request decides. */
async function checkAnswers(api: Client, url: string): Promise<ApiFindings> {
  try {
    const session = await readSession(api);
    const skew = api.clockSkew();
    const findings = [
      { what: 'address', well: true, seen: url },
      keyFinding(session?.team),
      ...(skew === undefined ? [] : [clockFinding(skew)]),
    ];
    return { findings, ...(session ? { team: session.team } : {}) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const refused = error.verdict === 'rejected' && (error.status === 401 || error.status === 403);
    const mend = refused
      ? 'check PAPERSPACE_API_KEY'
      : `check PAPERSPACE_API_URL (${url}) and the network`;
    return {
      findings: [{ what: refused ? 'key' : 'address', well: false, seen: error.message, mend }],
    };
  }
}

const keyFinding = (team: Team | undefined): Finding =>
  team
    ? { what: 'key', well: true, seen: `team ${teamText(team)}` }
    : {
        what: 'key',
        well: false,
        seen: 'the API does not know this key',
        mend: 'check PAPERSPACE_API_KEY',
      };

function clockFinding(skew: number): Finding {
  const seconds = Math.round(skew / 1000);
  return {
    what: 'clock',
    well: Math.abs(skew) <= longestSkewMs,
    seen: `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} the API's`,
    ...(Math.abs(skew) <= longestSkewMs ? {} : { mend: 'set this machine’s clock (NTP)' }),
  };
}
