import { Problem } from '@streamkeeper/contracts'
import type { z } from 'zod'
import type { RunFile } from './find-running.js'

/** Calls the running console as its local operator and checks the answer. Throws with the problem's code and detail. */
export async function callConsole<Schema extends z.ZodType>(
  running: RunFile,
  path: string,
  schema: Schema,
  { method = 'GET', body: sent }: { readonly method?: string; readonly body?: unknown } = {},
): Promise<z.infer<Schema>> {
  const response = await fetch(new URL(`/api/v1${path}`, running.console), {
    method,
    headers: {
      authorization: `Bearer ${running.token}`,
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    signal: AbortSignal.timeout(10_000),
  })
  const body: unknown = response.status === 204 ? null : await response.json()
  if (response.ok) return schema.parse(body)
  const problem = Problem.safeParse(body)
  throw new Error(
    problem.success
      ? `${problem.data.code}: ${problem.data.detail ?? problem.data.title}`
      : `the console answered ${response.status}`,
  )
}
