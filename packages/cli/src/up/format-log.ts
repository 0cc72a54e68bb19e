const colours: Readonly<Record<string, string>> = {
  ingest: '36',
  screen: '35',
  escalate: '33',
  archive: '32',
  console: '34',
  platform: '90',
  engines: '90',
}
const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}
const framework = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'err', 'service', 'v'])

/** One log line as people read it: time, service, level, message, fields. What is no JSON is the message itself, said now. */
export function formatLog(service: string, line: string, useColour: boolean): string {
  const entry = parse(line)
  const name = paint(service.padEnd(9), colours[service] ?? '37', useColour)
  if (entry === null) return [timeOf(undefined), name, 'info ', line].join(' ')
  const level = levels[Number(entry['level'])] ?? textOf(entry['level'])
  const fields = Object.entries(entry).flatMap(([key, value]) =>
    framework.has(key) ? [] : [`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`],
  )
  const error = describeError(entry['err'])
  return [
    timeOf(entry['time']),
    name,
    level.padEnd(5),
    textOf(entry['msg']),
    ...fields,
    ...(error === '' ? [] : [error]),
  ].join(' ')
}

function parse(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    // A line that only looks like JSON is shown as it came.
    return null
  }
}

function describeError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  return 'message' in error ? `error=${JSON.stringify(error.message)}` : ''
}

function timeOf(time: unknown): string {
  const date = typeof time === 'number' || typeof time === 'string' ? new Date(time) : new Date()
  return date.toISOString().slice(11, 23)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function paint(text: string, colour: string, useColour: boolean): string {
  return useColour ? `\u001B[${colour}m${text}\u001B[0m` : text
}
