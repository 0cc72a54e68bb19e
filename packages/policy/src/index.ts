export * from './evaluate-rules.js'
export * from './load-policy.js'
export * from './priority.js'
export * from './retention.js'
