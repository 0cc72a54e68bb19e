import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics, type MetricConfiguration } from 'prom-client'

export type { Counter, Gauge, Histogram } from 'prom-client'

/** The metrics of one process. Asking again for a name gives the same metric; another kind under it is a mistake. */
export interface Metrics {
  counter<Label extends string = never>(name: string, help: string, labels?: readonly Label[]): Counter<Label>
  gauge<Label extends string = never>(name: string, help: string, labels?: readonly Label[]): Gauge<Label>
  /** Buckets in the unit of the name, by default seconds from 1 ms to 60 s. */
  histogram<Label extends string = never>(
    name: string,
    help: string,
    options?: HistogramOptions<Label>,
  ): Histogram<Label>
  /** Everything in the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
}

export interface HistogramOptions<Label extends string> {
  readonly labels?: readonly Label[]
  readonly buckets?: readonly number[]
}

const defaultBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** `processMetrics`: memory, CPU, collector and event-loop delay of this process; on unless a test turns it off. */
export function createMetrics(service: string, { processMetrics = true } = {}): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  if (processMetrics) collectDefaultMetrics({ register: registry, prefix: 'streamkeeper_' })
  const once = createOnce(registry)
  return {
    counter: (name, help, labels = []) => once(Counter, { name, help, labelNames: labels }),
    gauge: (name, help, labels = []) => once(Gauge, { name, help, labelNames: labels }),
    histogram: (name, help, { labels = [], buckets = defaultBuckets } = {}) =>
      once(Histogram, { name, help, labelNames: labels, buckets: [...buckets] }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

type Kind<M, C> = new (configuration: C) => M

function createOnce(registry: Registry) {
  return function once<M, C extends MetricConfiguration<string>>(kind: Kind<M, C>, configuration: C): M {
    const { name } = configuration
    if (!/^streamkeeper_[a-z0-9_]+$/.test(name)) throw new TypeError(`${name}: metric names begin with streamkeeper_`)
    const known: unknown = registry.getSingleMetric(name)
    if (known === undefined) return new kind({ ...configuration, registers: [registry] })
    if (!(known instanceof kind)) throw new TypeError(`${name} is a metric of another kind`)
    return known
  }
}
