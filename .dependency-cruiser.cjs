/**
 * Rules inside rooms, owners of libraries, purity and cycles; `turbo boundaries` holds the edges between rooms.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const owners = {
  kafkajs: ['packages/kafka'],
  ioredis: ['packages/redis', 'packages/queue'], // BullMQ wants its connection from ioredis
  bullmq: ['packages/queue'],
  '@aws-sdk/client-s3': ['packages/storage'],
  'drizzle-orm': ['packages/database'],
  pg: ['packages/database'],
  'fluent-ffmpeg': ['packages/media'],
  sharp: ['packages/media'],
  'onnxruntime-node': ['packages/inference'],
  'zxing-wasm': ['packages/inference'],
  re2js: ['packages/text'],
  pino: ['packages/runtime'],
  'prom-client': ['packages/runtime'],
  fastify: ['services/console'],
}
const isTest = '([.]test[.]tsx?$|/_[^/]+[.]ts$|^packages/[^/]+/(test|test-support|docs)/)'

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'services-are-islands',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'nobody-knows-services',
      severity: 'error',
      from: { path: '^(packages|infra|test)/' },
      to: { path: '^services/' },
    },
    { name: 'nobody-knows-infra', severity: 'error', from: { pathNot: '^infra/' }, to: { path: '^infra/' } },
    {
      name: 'adapters-do-not-see-each-other',
      severity: 'error',
      from: { path: '^packages/(kafka|redis|queue|storage|database|media|inference|runtime)/' },
      to: { path: '^packages/(kafka|redis|queue|storage|database|media|inference|runtime)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'services-open-engines-by-one-room',
      comment: 'which log and which store there is, is decided in packages/engines alone',
      severity: 'error',
      from: { path: '^services/' },
      to: { path: '^packages/(kafka|storage|database/src/event-log)/' },
    },
    {
      name: 'testkit-only-from-tests',
      severity: 'error',
      from: { path: '^(packages|services|infra)/', pathNot: `(${isTest}|^packages/testkit/)` },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'pure-has-no-io',
      comment:
        'hashing and signing are computation; files, sockets, processes and the environment are not. The text filter reads its own tables, in one place',
      severity: 'error',
      from: {
        path: '^packages/(contracts|pipeline|policy|text|picture-hash)/src/',
        pathNot: `${isTest}|^packages/text/src/fold/read-table`,
      },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'web-page-is-apart-from-server',
      severity: 'error',
      from: { path: '^services/console/web/' },
      to: { path: '^services/console/src/' },
    },
    // What is built may not be there yet.
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '(^|/)dist/' },
    },
    ...Object.entries(owners).map(([library, rooms]) => ({
      name: `${library.replace('/', '-').replace('@', '')}-has-one-owner`,
      severity: 'error',
      from: { pathNot: `^(${rooms.join('|')})/` },
      to: { path: `node_modules/${library}(/|$)` },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules/(?!@streamkeeper/)' },
    exclude: { path: '^((packages|services|infra|models)/[^/]+/|test/)dist/|[.]streamkeeper/' },
    combinedDependencies: false,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'types', 'default', 'node'],
    },
  },
}
