import * as z from 'zod';
import type { Route } from './routes.ts';

/** The document of the routes, OpenAPI 3.1. */
export function openApi(base: string, routes: readonly Route[]): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const operations = (paths[base + route.path] ??= {});
    operations[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Workspace Logs',
      version: '1',
      description: 'Policy, files, entries and audit trail of workspaces.',
    },
    paths,
    components: {
      schemas: { Problem: z.toJSONSchema(problem) },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
    security: [{ token: [] }],
  };
}

const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  field: z.string().optional(),
});

function operation({ path, method, right, summary, query, body, answer, status = 200 }: Route): object {
  const problems = { $ref: '#/components/schemas/Problem' };
  const words = path.split('/').flatMap((part) => part.match(/[a-z]+/g) ?? []);
  return {
    operationId: [method.toLowerCase(), ...words].join('_'),
    summary,
    description: `Right: ${right}.`,
    parameters: [
      ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
      ...queryParameters(query),
    ],
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    responses: {
      [String(status)]: {
        description: 'Done.',
        ...(status !== 204 && { content: contentOf(answer) }),
      },
      default: { description: 'A problem.', content: { 'application/problem+json': { schema: problems } } },
    },
  };
}

function contentOf(answer: Route['answer']): object {
  if (typeof answer === 'string') return { [answer]: { schema: { type: 'string' } } };
  return { 'application/json': { schema: schemaOf(answer, 'output') } };
}

function queryParameters(query: z.ZodType): object[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, object>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  delete made.$schema;
  return made;
}
