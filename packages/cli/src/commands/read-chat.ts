import { readFile } from 'node:fs/promises'
import { ChatSent, Id, StreamTimeMs } from '@streamkeeper/contracts'
import { z } from 'zod'
import { UsageError } from '../output.js'

/** One line of a chat file: said at a stream time, by somebody. */
const ChatLine = z.object({
  streamTimeMs: StreamTimeMs.default(0),
  text: z.string().max(10_000),
  accountId: Id.default('viewer'),
  messageId: Id.optional(),
  kind: ChatSent.shape.kind.default('message'),
  nickname: ChatSent.shape.nickname,
})
export type ChatLine = Omit<z.infer<typeof ChatLine>, 'messageId'> & { readonly messageId: string }

/** Reads JSON lines, in order of their stream time. Throws UsageError that names file, line and field. */
export async function readChat(path: string): Promise<ChatLine[]> {
  return parseChat(await readFile(path, 'utf8'), path)
}

export function parseChat(text: string, path: string): ChatLine[] {
  return text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [parseLine(line, { path, number: index + 1 })]))
    .toSorted((a, b) => a.streamTimeMs - b.streamTimeMs)
}

function parseLine(line: string, { path, number }: { readonly path: string; readonly number: number }): ChatLine {
  const parsed = ChatLine.safeParse(readJson(line))
  if (parsed.success) return { ...parsed.data, messageId: parsed.data.messageId ?? `line-${number}` }
  const [issue] = parsed.error.issues
  throw new UsageError(`${path}:${number}: ${issue?.path.join('.') || 'line'}: ${issue?.message ?? 'not a chat line'}`)
}

/** undefined for what is no JSON: the schema refuses it by name. */
function readJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
