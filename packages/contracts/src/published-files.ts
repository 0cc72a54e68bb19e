import { z } from 'zod'
import { errorCodes } from './error-codes.js'
import { events, isEventType } from './events.js'
import { PolicyFile } from './policy-file.js'
import { ProfileFile } from './profile-file.js'
import { topics, type Topic } from './topics.js'

/** JSON Schema of everything that crosses a process border, by name. */
export function jsonSchemas(): Record<string, object> {
  const all: Record<string, object> = {}
  for (const [type, { data }] of Object.entries(events)) all[type] = toSchema(data)
  all['policy'] = toSchema(PolicyFile)
  all['profile'] = toSchema(ProfileFile)
  return all
}

/** Files that are generated from the contract, by path from the root of the repo. A test holds the checked-in ones equal. */
export function publishedFiles(): Record<string, string> {
  const schemas = jsonSchemas()
  const files: Record<string, string> = {}
  for (const [name, schema] of Object.entries(schemas)) {
    const folder = isEventType(name) ? 'docs/events' : 'docs/schemas'
    files[`${folder}/${name}.json`] = json({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: name,
      ...schema,
    })
  }
  files['docs/events/asyncapi.json'] = json(asyncApi(schemas))
  files['docs/errors.md'] = errorsPage()
  return files
}

function toSchema(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'throw' })
  return rest
}

function asyncApi(schemas: Record<string, object>): object {
  const channels: Record<string, { address: string; messages: Record<string, object> }> = {}
  const operations: Record<string, object> = {}
  for (const topic of Object.keys(topics) as Topic[]) {
    channels[topic] = { address: topic, messages: {} }
    const action = topic.startsWith('live.') ? 'receive' : 'send'
    operations[`${action}.${topic}`] = { action, channel: { $ref: `#/channels/${topic}` } }
  }
  const messages: Record<string, object> = {}
  for (const [type, { topic }] of Object.entries(events)) {
    const channel = channels[topic]
    if (channel !== undefined) channel.messages[type] = { $ref: `#/components/messages/${type}` }
    messages[type] = {
      name: type,
      contentType: 'application/cloudevents+json',
      payload: cloudEventOf(type, schemas[type] ?? {}),
    }
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Streamkeeper',
      version: '1.0.0',
      description: 'Events between a live platform and Streamkeeper, as CloudEvents 1.0 over Kafka.',
    },
    defaultContentType: 'application/cloudevents+json',
    channels,
    operations,
    components: { messages },
  }
}

function cloudEventOf(type: string, data: object): object {
  const text = { type: 'string', minLength: 1 }
  return {
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'data'],
    properties: {
      specversion: { const: '1.0' },
      id: text,
      source: text,
      type: { const: type },
      subject: text,
      time: { type: 'string', format: 'date-time' },
      data,
    },
  }
}

function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(([code, [meaning, remedy]]) => `| \`${code}\` | ${meaning} | ${remedy} |`)
  return [
    '# Error codes',
    '',
    'Dead-letter records, HTTP problems and the command line use these codes.',
    '',
    '| code | meaning | remedy |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
