import * as z from 'zod';
import type { JobCaller } from '../base/job.ts';
import type { Caller } from './apiTypes.ts';

/** What a role may do at least: each one may also do what stands before it. */
export type Right = 'any' | 'user' | 'auditor' | 'administrator';

/** A workspace that the caller may see. */
export interface Workspace {
  readonly id: string;
  readonly root: string;
}

/** A request whose right, parameters and body were checked. */
export interface Asked<Q = unknown> {
  readonly request: Request;
  readonly caller: Caller;
  /** Of a route below `/workspaces/{id}`. */
  readonly workspace: Workspace;
  /** The other segments of the path that vary, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  /** The body's JSON; undefined where there is none. */
  readonly body: unknown;
}

export interface Route<Q extends z.ZodType = z.ZodType> {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Below the base, in the form of OpenAPI: `/workspaces/{id}/logs/files/{filename}`. */
  readonly path: string;
  readonly right: Right;
  readonly summary: string;
  /** The parameters behind `?`; all others are refused. */
  readonly query: Q;
  /** For the documentation; the use case checks it. */
  readonly body?: z.ZodType | undefined;
  /** The body of the answer: a schema for JSON, else its media type. */
  readonly answer: z.ZodType | string;
  readonly status?: number;
  readonly handle: (asked: Asked<z.output<Q>>) => Promise<Response>;
}

/** For whom the use cases run that a request asks for: the audit trail names them. */
export function forCaller({ user }: Caller): { readonly caller: JobCaller } {
  return { caller: { door: 'api', user } };
}

/** A route whose handler knows the type of its parameters. */
export function route<Q extends z.ZodType>(definition: Route<Q>): Route {
  return definition;
}

export const noQuery = z.strictObject({});

/** `?flag=1` */
export const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((text) => text === '1');

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}
