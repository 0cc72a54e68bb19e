type Schema = Readonly<Record<string, unknown>>

/** Who writes by the newer schema while others still hold the older one. */
export type Direction = 'we-write' | 'they-write'

/**
 * Differences between two JSON Schemas that would break somebody who still lives by the older one.
 * `we-write`: an older reader must accept what the newer schema allows. `they-write`: the newer schema must accept what older
 * writers send. Returns one sentence a break, with the path.
 */
export function findBreaks(older: Schema, newer: Schema, direction: Direction): string[] {
  const [writer, reader] = direction === 'we-write' ? [newer, older] : [older, newer]
  return refusedBy(reader, writer, 'data')
}

/** Everything that the writer's schema allows and the reader's does not. */
function refusedBy(reader: Schema, writer: Schema, path: string): string[] {
  const readerChoices = choicesOf(reader)
  const writerChoices = choicesOf(writer)
  if (readerChoices !== null || writerChoices !== null)
    return refusedChoices(readerChoices ?? [reader], writerChoices ?? [writer], path)
  return [
    ...refusedType(reader, writer, path),
    ...refusedValues(reader, writer, path),
    ...refusedBounds(reader, writer, path),
    ...refusedFields(reader, writer, path),
  ]
}

function refusedChoices(reader: readonly Schema[], writer: readonly Schema[], path: string): string[] {
  return writer.flatMap((choice) => {
    const answers = reader.map((candidate) => refusedBy(candidate, choice, path))
    if (answers.some((answer) => answer.length === 0)) return []
    const closest = answers.toSorted((a, b) => a.length - b.length)[0]
    return closest ?? [`${path}: no choice left`]
  })
}

function refusedType(reader: Schema, writer: Schema, path: string): string[] {
  if (reader['type'] === undefined) return []
  const known = typesOf(reader)
  if (known.includes('number')) known.push('integer')
  const sent = writer['type'] === undefined ? ['anything'] : typesOf(writer)
  return sent
    .filter((type) => !known.includes(type))
    .map((type) => `${path}: was ${known.join(' or ')}, could be ${type}`)
}

function typesOf(schema: Schema): string[] {
  const { type } = schema
  return Array.isArray(type) ? type.map(String) : typeof type === 'string' ? [type] : []
}

function refusedValues(reader: Schema, writer: Schema, path: string): string[] {
  const allowed = valuesOf(reader)
  if (allowed === null) return []
  const sent = valuesOf(writer)
  if (sent === null) return [`${path}: only some values are known`]
  return sent
    .filter((value) => !allowed.includes(value))
    .map((value) => `${path}: ${JSON.stringify(value)} is not known`)
}

const lowerBounds = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems']
const upperBounds = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems']
const exact = ['pattern', 'format']

function refusedBounds(reader: Schema, writer: Schema, path: string): string[] {
  const below = lowerBounds.filter(
    (name) => isNumber(reader[name]) && !(isNumber(writer[name]) && writer[name] >= reader[name]),
  )
  const above = upperBounds.filter(
    (name) => isNumber(reader[name]) && !(isNumber(writer[name]) && writer[name] <= reader[name]),
  )
  const other =
    valuesOf(writer) === null ? exact.filter((name) => reader[name] !== undefined && reader[name] !== writer[name]) : []
  return [...below, ...above, ...other].map(
    (name) => `${path}: ${name} was ${JSON.stringify(reader[name])}, could be ${JSON.stringify(writer[name] ?? 'any')}`,
  )
}

function refusedFields(reader: Schema, writer: Schema, path: string): string[] {
  const breaks: string[] = []
  const readerFields = fieldsOf(reader)
  const writerFields = fieldsOf(writer)
  const promised = listOf(writer['required'])
  for (const name of listOf(reader['required']))
    if (!promised.includes(name)) breaks.push(`${path}.${name}: was required, could be missing`)
  for (const [name, field] of Object.entries(readerFields)) {
    const sent = writerFields[name]
    if (sent !== undefined) breaks.push(...refusedBy(field, sent, `${path}.${name}`))
  }
  if (reader['additionalProperties'] === false) {
    for (const name of Object.keys(writerFields))
      if (!(name in readerFields)) breaks.push(`${path}.${name}: is not known`)
  }
  if (isSchema(reader['items']))
    breaks.push(...refusedBy(reader['items'], isSchema(writer['items']) ? writer['items'] : {}, `${path}[]`))
  return breaks
}

function choicesOf(schema: Schema): readonly Schema[] | null {
  const choices = schema['anyOf'] ?? schema['oneOf']
  return Array.isArray(choices) ? choices.filter(isSchema) : null
}

function valuesOf(schema: Schema): readonly unknown[] | null {
  if (schema['const'] !== undefined) return [schema['const']]
  return Array.isArray(schema['enum']) ? schema['enum'] : null
}

function fieldsOf(schema: Schema): Readonly<Record<string, Schema>> {
  return isSchema(schema['properties']) ? (schema['properties'] as Record<string, Schema>) : {}
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
