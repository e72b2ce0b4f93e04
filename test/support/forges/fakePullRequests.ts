import type { Reply, Seen } from '../server.ts';
import type { Dialect } from './dialect.ts';

/** A pull request, as a fake forge keeps it. */
export interface FakePullRequest {
  readonly title: string;
  readonly body: string;
  readonly from: string;
  readonly to: string;
}

export interface FakePullRequests {
  /** All pull requests that were opened, in order. */
  readonly pullRequests: FakePullRequest[];
  /** The answer to a request whose path is that of pull requests; undefined if it is not. */
  answer(request: Seen, url: URL): Reply | undefined;
}

/** The pull requests of a fake forge. Like the real ones, it refuses a second one for the same branches. */
export function fakePullRequests({ is, repository }: Dialect): FakePullRequests {
  const isGitlab = is === 'GitLab';
  const pullRequests: FakePullRequest[] = [];
  const names = isGitlab
    ? { path: 'merge_requests', body: 'description', from: 'source_branch', to: 'target_branch' }
    : { path: 'pulls', body: 'body', from: 'head', to: 'base' };
  return {
    pullRequests,
    answer({ method, body }, { pathname }) {
      if (pathname !== `${repository}/${names.path}` || method !== 'POST') return undefined;
      const sent = JSON.parse(body) as Readonly<Record<string, string | undefined>>;
      const { title = '', [names.from]: from = '', [names.to]: to = '' } = sent;
      const isTwice = pullRequests.some((one) => one.from === from && one.to === to);
      if (title === '' || from === '' || to === '' || isTwice)
        return { status: isGitlab ? 409 : 422, json: { message: 'Validation Failed' } };
      pullRequests.push({ title, body: sent[names.body] ?? '', from, to });
      const url = `https://forge.example.com/org/team/${names.path}/${pullRequests.length}`;
      return { status: 201, json: { [isGitlab ? 'web_url' : 'html_url']: url } };
    },
  };
}
