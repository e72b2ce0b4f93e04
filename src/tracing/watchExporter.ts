import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Log } from '../model/log.ts';

/** An exporter whose failures are logged. */
export interface WatchedExporter {
  readonly exporter: SpanExporter;
  /** Logs that spans cannot be exported, unless that is known. */
  readonly failed: (reason: string) => void;
}

/** Logs when exports begin to fail, and when they work again; not every failure. */
export function watchExporter(
  exporter: SpanExporter,
  log: Pick<Log, 'info' | 'warn'>,
): WatchedExporter {
  let isFailing = false;
  const failed = (reason: string): void => {
    if (!isFailing) log.warn({ reason }, 'traces cannot be exported');
    isFailing = true;
  };
  const ended = ({ code, error }: ExportResult): void => {
    if (code === ExportResultCode.FAILED) return failed(reasonOf(error));
    if (isFailing) log.info({}, 'traces are exported again');
    isFailing = false;
  };
  return {
    failed,
    exporter: {
      export: (spans, done) =>
        exporter.export(spans, (result) => {
          ended(result);
          done(result);
        }),
      shutdown: () => exporter.shutdown(),
    },
  };
}

/** A status, or an error of this machine. What the receiver answered beside its status may repeat the request. */
function reasonOf(error: (Error & { readonly code?: unknown }) | undefined): string {
  if (typeof error?.code === 'number') return `the receiver answered ${error.code}`;
  return error?.message || 'the receiver did not accept them';
}
