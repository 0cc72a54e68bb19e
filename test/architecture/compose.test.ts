import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { databaseSettings, eventLogSettings, objectSettings, redisSettings } from '@streamkeeper/runtime'
import { repositoryRoot } from '@streamkeeper/testkit'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { z } from 'zod'

/** No container engine runs here: what can be said of compose.yaml and the Dockerfile without one. */
const Service = z.object({
  image: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  volumes: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  healthcheck: z.unknown().optional(),
})
const Compose = z.object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.unknown()) })

const text = readFileSync(join(repositoryRoot(), 'infra/compose.yaml'), 'utf8')
const raw: unknown = parse(text)
const { services, volumes } = Compose.parse(raw)

// From github.com/compose-spec/compose-spec, schema/compose-spec.json at 170098b, Apache-2.0.
const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'compose-spec.json'), 'utf8')) as object
const { $schema: _, $id: __, ...rules } = schema as Record<string, unknown>
const isCompose = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(rules)

describe('compose.yaml', () => {
  it('is what the Compose Specification says, and the check can say no', () => {
    isCompose(raw)
    expect(isCompose.errors ?? []).toEqual([])
    expect(isCompose({ services: { kafka: { imag: 'apache/kafka' } } })).toBe(false)
  })

  it('holds the engines and us, each image with a version of its own', () => {
    const images = Object.values(services).map(({ image }) => image)
    for (const wanted of ['apache/kafka:', 'valkey/valkey:', 'postgres:', 'versity/versitygw:', 'streamkeeper'])
      expect(images.some((image) => image.startsWith(wanted))).toBe(true)
    expect(images.filter((image) => image.endsWith(':latest'))).toEqual([])
  })

  it('waits for services that exist and can say that they are healthy, and keeps data in volumes that exist', () => {
    for (const { depends_on: needs, volumes: mounts } of Object.values(services)) {
      for (const [name, { condition }] of Object.entries(needs)) {
        expect(Object.keys(services)).toContain(name)
        if (condition === 'service_healthy') expect(services[name]?.healthcheck).toBeDefined()
      }
      for (const mount of mounts) expect(Object.keys(volumes)).toContain(mount.split(':')[0])
    }
  })

  it('gives us variables that we read, lets the sandbox work, and writes no secret down', () => {
    const { environment, security_opt: security } = services['streamkeeper'] ?? Service.parse({ image: '' })
    const known = Object.values({
      ...eventLogSettings,
      ...databaseSettings,
      ...redisSettings,
      ...objectSettings,
    }).map(({ variable }) => variable)
    for (const name of Object.keys(environment).filter((one) => one.startsWith('STREAMKEEPER_')))
      expect(known).toContain(name)
    expect(security).toEqual(expect.arrayContaining(['seccomp=unconfined', 'apparmor=unconfined']))
    for (const one of Object.values(services))
      for (const [name, value] of Object.entries(one.environment))
        if (/PASSWORD|SECRET|ACCESS_KEY/.test(name)) expect(value).toMatch(/^\$\{\w+:\?/)
  })
})

it('the tree that the Dockerfile prunes holds every room that the image runs, and what they import', () => {
  const dockerfile = readFileSync(join(repositoryRoot(), 'infra/Dockerfile'), 'utf8')
  const rooms = [...dockerfile.matchAll(/@streamkeeper\/(\w+)/g)].map(([name]) => name)
  expect(rooms).toHaveLength(6)
  const out = mkdtempSync(join(tmpdir(), 'streamkeeper-pruned-'))
  try {
    const turbo = join(repositoryRoot(), 'node_modules/.bin/turbo')
    const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1' }
    execFileSync(turbo, ['prune', ...rooms, '--docker', '--out-dir', out], { cwd: repositoryRoot(), env })
    const found = ['services', 'packages'].flatMap((part) => readdirSync(join(out, 'full', part)))
    expect(found).toEqual(
      expect.arrayContaining(['archive', 'console', 'escalate', 'ingest', 'screen', 'cli', 'engines']),
    )
    for (const [, path = ''] of dockerfile.matchAll(/^COPY (?!--from)([\w./ ]+) \S+$/gm))
      for (const one of path.split(' ')) expect(readdirSync(repositoryRoot()).concat('.')).toContain(one)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}, 60_000)
