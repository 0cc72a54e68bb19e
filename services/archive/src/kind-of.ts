import type { RecordClass } from '@streamkeeper/contracts'

const decisions = new Set(['moderation.decisions', 'moderation.commands', 'moderation.cases', 'moderation.access'])
const chat = new Set(['moderation.chat', 'moderation.verdicts'])

/** What the records of a topic are, in the words of retention. */
export function kindOf(topic: string): RecordClass {
  if (decisions.has(topic)) return 'decision'
  return chat.has(topic) ? 'chat' : 'log'
}
