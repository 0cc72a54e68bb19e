import { createHash } from 'node:crypto'
import { PolicyFile, ProfileFile, StreamkeeperError, type Versioned } from '@streamkeeper/contracts'
import { LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'

/** A policy as it was read: its rules, and the name, version and digest that every conclusion carries. */
export interface Policy extends PolicyFile {
  readonly identity: Versioned
}

export interface Profile extends ProfileFile {
  readonly identity: Versioned
}

/** The files that ship with this room; the caller reads them, this room does no I/O. */
export const defaultPolicyUrl = new URL('../data/default.policy.yaml', import.meta.url)

export function profileUrl(id: string): URL {
  return new URL(`../data/${id}.profile.yaml`, import.meta.url)
}

/**
 * Reads a policy from YAML text. Throws StreamkeeperError POLICY_INVALID that names every wrong line and field.
 * `fileName` is only for the message.
 */
export function parsePolicy(text: string, fileName: string): Policy {
  const policy = parseYaml(PolicyFile, text, fileName)
  const ids = policy.rules.map((rule) => rule.id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined)
    throw new StreamkeeperError('POLICY_INVALID', `${fileName}: rules: the id ${twice} is used twice`)
  return { ...policy, identity: { name: policy.name, version: policy.version, sha256: digest(text) } }
}

/** The same for a jurisdiction profile. */
export function parseProfile(text: string, fileName: string): Profile {
  const profile = parseYaml(ProfileFile, text, fileName)
  return { ...profile, identity: { name: profile.id, version: String(profile.verified), sha256: digest(text) } }
}

function parseYaml<Schema extends z.ZodType>(schema: Schema, text: string, fileName: string): z.infer<Schema> {
  const lines = new LineCounter()
  // A few kilobytes of aliases can unfold to gigabytes; a policy needs none.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true })
  const syntax = document.errors.map((error) => `${fileName}: ${error.message.split('\n')[0] ?? ''}`)
  if (syntax.length > 0) throw new StreamkeeperError('POLICY_INVALID', syntax.join('\n'))
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 0 }))
  if (parsed.success) return parsed.data
  const findings = parsed.error.issues.map(({ path, message }) => {
    const line = lineOf(document, lines, path.map(String))
    return `${fileName}${line === null ? '' : `:${line}`}: ${path.join('.')}: ${message}`
  })
  throw new StreamkeeperError('POLICY_INVALID', findings.join('\n'))
}

/** The line of the innermost part of the path that stands in the file. */
function lineOf(document: Document, lines: LineCounter, path: readonly string[]): number | null {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = document.getIn(
      path.slice(0, length).map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
      true,
    )
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range))
      return lines.linePos(Number(node.range[0])).line
  }
  return null
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
