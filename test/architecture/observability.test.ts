import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parser } from '@prometheus-io/lezer-promql'
import { repositoryRoot } from '@streamkeeper/testkit'
import { parse } from 'yaml'
import { z } from 'zod'

/** The dashboard and the alert rules ask only for metrics that there are, in PromQL that parses; each metric is documented. */
const root = repositoryRoot()
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8')

const PanelTarget = z.object({ refId: z.string(), expr: z.string(), legendFormat: z.string() })
const GridPos = z.object({
  x: z.number().min(0),
  y: z.number().min(0),
  w: z.number().min(1).max(24),
  h: z.number().min(1),
})
const Panel = z.object({
  id: z.number(),
  type: z.enum(['row', 'stat', 'timeseries']),
  title: z.string().min(1),
  gridPos: GridPos,
  targets: z.array(PanelTarget).default([]),
})
const Dashboard = z.object({ title: z.string(), uid: z.string(), schemaVersion: z.number(), panels: z.array(Panel) })

/** https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
const AlertRules = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Streamkeeper[A-Z]\w+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.strictObject({ summary: z.string().min(10), action: z.string().min(20) }),
        }),
      ),
    }),
  ),
})

const dashboard = Dashboard.parse(JSON.parse(read('infra', 'observability', 'dashboard.json')))
const rules = AlertRules.parse(parse(read('infra', 'observability', 'alerts.yaml'))).groups.flatMap(
  (group) => group.rules,
)
const queries = [
  ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ...rules.map(({ expr }) => expr),
]

/** Where a query does not parse; empty when it does. */
function syntaxErrors(query: string): string[] {
  const errors: string[] = []
  parser.parse(query).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) errors.push(`${query.slice(Math.max(0, from - 10), to + 10)} at ${from}`)
    },
  })
  return errors
}

function metricsIn(text: string): string[] {
  return [...text.matchAll(/\bstreamkeeper_[a-z0-9_]+/g)].map(([name]) => name.replace(/_bucket$/, ''))
}

/** Names that the rooms give to metrics; what every Node process tells is prom-client's. */
function metricsOfSources(): Set<string> {
  const names = ['packages', 'services'].flatMap((folder) =>
    readdirSync(join(root, folder)).flatMap((room) =>
      readdirSync(join(root, folder, room, 'src'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !/test|^_/.test(file))
        .flatMap((file) =>
          [...read(folder, room, 'src', file).matchAll(/(?:counter|gauge|histogram)\(\s*'(streamkeeper_\w+)'/g)].map(
            (match) => match[1] ?? '',
          ),
        ),
    ),
  )
  return new Set(names)
}

const isOfProcess = (name: string): boolean => /^streamkeeper_(process|nodejs)_/.test(name)
const documented = new Set([...read('docs', 'metrics.md').matchAll(/^\| `(\w+)`/gm)].map((match) => match[1] ?? ''))

describe('metrics', () => {
  it('each is documented, and none that there is not', () => {
    expect(metricsOfSources().size).toBeGreaterThan(15)
    expect([...documented].sort()).toEqual([...metricsOfSources()].sort())
  })

  it('a query that does not parse is found', () => {
    expect(syntaxErrors('sum by (a) (rate(b[5m]))')).toEqual([])
    expect(syntaxErrors('sum by a) (rate(b[5m]))')).not.toEqual([])
  })

  it('every query of the dashboard and the rules parses and asks for a documented metric', () => {
    expect(queries.length).toBeGreaterThan(30)
    expect(queries.flatMap(syntaxErrors)).toEqual([])
    const unknown = queries.flatMap(metricsIn).filter((name) => !documented.has(name) && !isOfProcess(name))
    expect(unknown).toEqual([])
  })

  it('every metric is on the dashboard or in a rule', () => {
    const asked = new Set(queries.flatMap(metricsIn))
    expect([...documented].filter((name) => !asked.has(name))).toEqual([])
  })
})

it('no two panels of the dashboard overlap, and each has its own id', () => {
  const { panels } = dashboard
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const overlaps = panels.flatMap(({ gridPos: a, title }, at) =>
    panels
      .slice(at + 1)
      .filter(({ gridPos: b }) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h)
      .map((other) => `${title} / ${other.title}`),
  )
  expect(overlaps).toEqual([])
  expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([])
})

it('the scrape configuration names every service', () => {
  const { scrape_configs: jobs } = parse(read('infra', 'observability', 'prometheus.yaml')) as {
    scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[]
  }
  expect(jobs[0]?.job_name).toBe('streamkeeper')
  const services = jobs[0]?.static_configs[0]?.targets.map((target) => target.split(':')[0]).sort()
  expect(services).toEqual(readdirSync(join(root, 'services')).sort())
})
