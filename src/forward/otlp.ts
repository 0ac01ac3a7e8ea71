import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { SpanKind, SpanStatusCode, type HrTime } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { Sendable } from './deliver.ts';
import { attributesOf, generationOf, severityOf, traceIds, type Origin } from './encode.ts';

/**
 * The bytes of OTLP/HTTP in protobuf. The library's exporters are not used: they try again inside, and tell neither
 * `Retry-After` nor what was rejected. https://opentelemetry.io/docs/specs/otlp/
 */

type LogRecords = Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0];

const scope = { name: 'workspace-logs' };
const SAMPLED = 1;

function resourceOf({ workspace, instance }: Origin): Resource {
  return resourceFromAttributes({
    'service.name': 'workspace-logs',
    'service.instance.id': instance,
    'workspace_logs.workspace': workspace,
  });
}

/** @param time ms since 1970 */
function hrTime(time: number): HrTime {
  const seconds = Math.floor(time / 1000);
  return [seconds, Math.round((time - seconds * 1000) * 1_000_000)];
}

/** An `ExportLogsServiceRequest`. */
export function logsRequest(events: readonly Sendable[], origin: Origin): Uint8Array {
  return ProtobufLogsSerializer.serializeRequest(logRecords(events, origin)) ?? new Uint8Array();
}

/** Log records as OpenTelemetry's own exporters take them. */
export function logRecords(events: readonly Sendable[], origin: Origin): LogRecords {
  const resource = resourceOf(origin);
  return events.map((event) => {
    const text = severityOf(event);
    return {
      hrTime: hrTime(event.time),
      hrTimeObserved: hrTime(event.time),
      severityNumber: SeverityNumber[text],
      severityText: text,
      eventName: `workspace_logs.${event.kind}`,
      resource,
      instrumentationScope: scope,
      attributes: attributesOf(event),
      droppedAttributesCount: 0,
    };
  });
}

/** What a receiver took only in part; undefined where it took all, or says nothing that can be read. */
export function logsRejected(
  answer: Uint8Array,
): { readonly count: number; readonly message: string } | undefined {
  try {
    const { partialSuccess } = ProtobufLogsSerializer.deserializeResponse(answer);
    return rejected(partialSuccess?.rejectedLogRecords, partialSuccess?.errorMessage);
  } catch {
    return undefined;
  }
}

/** An `ExportTraceServiceRequest`: a generation for each usage event. */
export function tracesRequest(events: readonly Sendable[], origin: Origin): Uint8Array {
  const resource = resourceOf(origin);
  const spans = events.map((sendable) => {
    const { time, event } = sendable;
    const duration = typeof event.duration_ms === 'number' ? event.duration_ms : 0;
    const ids = { ...traceIds(sendable), traceFlags: SAMPLED };
    return {
      name: 'generation',
      kind: SpanKind.INTERNAL,
      spanContext: () => ids,
      startTime: hrTime(time - duration),
      endTime: hrTime(time),
      status: { code: SpanStatusCode.UNSET },
      attributes: generationOf(sendable),
      links: [],
      events: [],
      duration: hrTime(duration),
      ended: true,
      resource,
      instrumentationScope: scope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  });
  return ProtobufTraceSerializer.serializeRequest(spans) ?? new Uint8Array();
}

/** As `logsRejected`, for traces. */
export function spansRejected(
  answer: Uint8Array,
): { readonly count: number; readonly message: string } | undefined {
  try {
    const { partialSuccess } = ProtobufTraceSerializer.deserializeResponse(answer);
    return rejected(partialSuccess?.rejectedSpans, partialSuccess?.errorMessage);
  } catch {
    return undefined;
  }
}

function rejected(
  count: number | undefined,
  message: string | undefined,
): { readonly count: number; readonly message: string } | undefined {
  return count === undefined || count <= 0 ? undefined : { count, message: message ?? '' };
}
