import { eventLogSettings, readConfig } from '@streamkeeper/runtime'
import type { EventLogConfig } from '@streamkeeper/engines'

export interface PlatformSettings {
  readonly eventLog: EventLogConfig
  readonly topicPrefix: string
  /** Folder that file:// references to media may point into. */
  readonly mediaRoot: string
  /** Folder of the public keys that commands are verified with; the platform is told them out of band. */
  readonly keysDir: string
  /** Stream names that go on after a cut. */
  readonly disobey: readonly string[]
}

/** The demo's addresses, as the services have them. Throws an error that names what is missing. */
export function readSettings(env: NodeJS.ProcessEnv): PlatformSettings {
  return {
    eventLog: readConfig(eventLogSettings, env).config,
    topicPrefix: env['STREAMKEEPER_TOPIC_PREFIX'] ?? '',
    mediaRoot: need(env, 'STREAMKEEPER_MEDIA_ROOT'),
    keysDir: need(env, 'STREAMKEEPER_KEYS_DIR'),
    disobey: (env['STREAMKEEPER_DEMO_DISOBEY'] ?? '').split(',').filter(Boolean),
  }
}

function need(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: the test platform is started by \`streamkeeper up --demo\``)
  return value
}
