import { StreamkeeperError } from '@streamkeeper/contracts'
import type { z } from 'zod'

/** Checks what came from outside. Throws INVALID_REQUEST that names the fields. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new StreamkeeperError(
    'INVALID_REQUEST',
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  )
}
