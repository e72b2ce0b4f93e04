import type { Attributes } from '@opentelemetry/api';
import type { Action, Outcome } from '../model/pass/plan.ts';
import type { Report } from '../model/pass/report.ts';
import type { RequestEnd, TracedPass, TracedRequest } from '../model/tracer.ts';

/** What a span has at its end: its attributes, and whether its status is an error. */
export interface SpanEnd {
  readonly attributes: Attributes;
  readonly failed: boolean;
  /** Why it failed, for people. Default: nothing. */
  readonly message?: string | undefined;
}

/** The attributes of a pass when it begins. */
export const passStart = ({ workspace, trigger }: TracedPass): Attributes => ({
  'cicd.pipeline.name': workspace,
  'cicd.pipeline.action.name': 'SYNC',
  'holdfast.trigger': trigger,
});

/** The end of a pass that has a report. */
export function passEnd(report: Report): SpanEnd {
  const { pass, mode, revision, git, actions } = report;
  const { result, error } = resultOf(report);
  return {
    failed: error !== undefined,
    attributes: {
      'cicd.pipeline.run.id': pass,
      'cicd.pipeline.result': result,
      ...(error && { 'error.type': error }),
      'holdfast.mode': mode,
      'holdfast.revision': revision,
      'holdfast.actions.blocked': actions.filter(({ outcome }) => outcome === 'blocked').length,
      ...(git && {
        'vcs.repository.url.full': git.url,
        'vcs.ref.head.name': git.ref,
        'vcs.ref.head.revision': git.commit,
      }),
    },
  };
}

/** The results of the conventions, and the class of the error, which is the `result` of `holdfast_passes_total`. */
function resultOf({ complete, summary, actions }: Report): { result: string; error?: string } {
  if (summary.failed > 0 || actions.some(({ outcome }) => outcome === 'failed'))
    return { result: 'failure', error: 'failed' };
  return complete ? { result: 'success' } : { result: 'error', error: 'incomplete' };
}

/** The end of a pass that has no report, since it was given up or rejected. */
export const passFailure = (error: unknown): SpanEnd => ({
  failed: true,
  attributes: { 'cicd.pipeline.result': 'error', 'error.type': errorType(error) },
});

/** The end of a pass that has neither a report nor an error. */
export const passCancelled: SpanEnd = {
  failed: false,
  attributes: { 'cicd.pipeline.result': 'cancellation' },
};

/** The attributes of an action when it begins. */
export const actionStart = ({ id, verb, kind, name }: Action): Attributes => ({
  'cicd.pipeline.task.name': `${verb} ${kind}/${name}`,
  'cicd.pipeline.task.run.id': id,
  'holdfast.verb': verb,
  'holdfast.kind': kind,
  'holdfast.name': name,
});

/** The results of tasks in the conventions, by outcome. A pending action was accepted, and the API works on it. */
const taskResults: Readonly<Record<Outcome['result'], string>> = {
  planned: 'skip',
  done: 'success',
  pending: 'success',
  failed: 'failure',
  blocked: 'skip',
  skipped: 'skip',
};

export const actionEnd = ({ result, error }: Pick<Outcome, 'result' | 'error'>): SpanEnd => ({
  failed: result === 'failed',
  message: error,
  attributes: {
    'cicd.pipeline.task.run.result': taskResults[result],
    'holdfast.outcome': result,
    ...(result === 'failed' && { 'error.type': 'failed' }),
  },
});

/** The end of a phase or an action whose work rejected. */
export const rejected = (error: unknown): SpanEnd => ({
  failed: true,
  attributes: { 'error.type': errorType(error) },
});

/** The name of the error. Its message is in the log. */
const errorType = (error: unknown): string => (error instanceof Error ? error.name : 'Error');

/** The name of a request: its method, and the collection that its path begins with. */
export const requestName = ({ method, path }: TracedRequest): string =>
  `${method} /${path.split('/')[1]}`;

/** The attributes of a request when it begins, by the conventions for HTTP clients. */
export function requestStart({ method, url, resends }: TracedRequest): Attributes {
  const full = url();
  const { hostname, port, protocol } = new URL(full);
  return {
    'http.request.method': method,
    'url.full': full,
    'server.address': hostname,
    'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
    ...(resends > 0 && { 'http.request.resend_count': resends }),
  };
}

export const requestEnd = ({ status, error }: RequestEnd): SpanEnd => ({
  failed: error !== undefined,
  attributes: {
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(error !== undefined && { 'error.type': error }),
  },
});
