// The suites on Kafka and S3 in a container, for a machine that has neither Java, Maven and Go, but docker or podman. Not run by us
// yet: what is tested is the way to it and back, with a stand-in for the engine.
import { spawnSync } from 'node:child_process'

const image = 'streamkeeper-test'
const suites = ['native', 'integration', 'faults', 'browser']
/** A clone, so that nothing of this machine's modules and builds is in it. */
const script = `git clone --quiet /given /work && cd /work && node test/run.mjs ${suites.join(' ')}`

/** docker or podman, or null when neither answers. */
export function findContainerEngine() {
  return ['docker', 'podman'].find((name) => spawnSync(name, ['version']).status === 0) ?? null
}

/**
 * Builds the image and runs the suites on the native set in it; `run(command, args)` gives `{ code, said }`, `said` with the end
 * of its output. Gives the counts of the last line, or null when there is none.
 */
export async function runInContainer(engine, root, run) {
  const built = await run(engine, ['build', '-f', `${root}/infra/test.Dockerfile`, '-t', image, `${root}/infra`])
  if (built.code !== 0) return null
  // bubblewrap makes namespaces of its own in there, as `security_opt` of compose.yaml lets it.
  const walls = ['--security-opt', 'seccomp=unconfined', '--security-opt', 'systempaths=unconfined']
  const env = ['-e', 'STREAMKEEPER_TEST_ENGINES=native', '-e', 'GIT_CONFIG_COUNT=1']
  const trust = ['-e', 'GIT_CONFIG_KEY_0=safe.directory', '-e', 'GIT_CONFIG_VALUE_0=*']
  const ran = await run(engine, [
    'run',
    '--rm',
    '--shm-size=1g',
    ...walls,
    ...env,
    ...trust,
    '-v',
    `${root}:/given:ro`,
    image,
    'bash',
    '-c',
    script,
  ])
  const [, passed, failed, skipped] = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(ran.said) ?? []
  return passed === undefined ? null : { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) }
}
