import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { SandboxUnavailableError } from './sandbox.js'
const REMEDY =
  'Install bubblewrap and ffmpeg, and let this user make user namespaces (containers: a seccomp profile that allows them; ' +
  "Ubuntu 24.04: an AppArmor profile for bwrap), or accept the risk by name: unsandboxed 'i-accept-the-risk'."
/** Exit code of the trial when a file of the host can be seen from inside. */ const LEAKS = 97
const TRIAL = `
[ -e "$1" ] && exit ${LEAKS}
[ -e /etc/passwd ] && exit ${LEAKS}
exec "$2" -v error -nostdin -f lavfi -i color=black:s=16x16 -frames:v 1 -f rawvideo -pix_fmt rgb24 pipe:1`
/** Bytes of the one picture that the trial makes: 16 x 16 pixels of three bytes. */ const EXPECTED_BYTES = 768
/**
 * Runs the sandbox once: the decoder must give a picture and see no file of the host. Does nothing when the risk was accepted
 * by name. Throws SandboxUnavailableError that says what was seen and what to do.
 */ export async function assertSandboxWorks(sandbox) {
  if (!sandbox.sandboxed) return
  const { code, bytes, said } = await runTrial(sandbox)
  if (code === LEAKS) throw new SandboxUnavailableError(`the sandbox shows files of the host. ${REMEDY}`)
  if (code === 0 && bytes === EXPECTED_BYTES) return
  throw new SandboxUnavailableError(`media cannot be decoded in a sandbox here (${said || `exit ${code}`}). ${REMEDY}`)
}
function runTrial({ prefix, ffmpeg }) {
  const [program = '', ...rest] = prefix
  const trial = ['/usr/bin/sh', '-c', TRIAL, 'trial', tmpdir()]
  return new Promise((resolve) => {
    const child = spawn(program, [...rest, ...trial, ffmpeg], {
      stdio: ['ignore', 'pipe', 'pipe', 'ignore', 'pipe'],
      timeout: 20_000,
      killSignal: 'SIGKILL',
    })
    let bytes = 0
    let said = ''
    child.stdout?.on('data', (chunk) => (bytes += chunk.length))
    child.stderr?.on('data', (chunk) => (said = (said + chunk.toString()).slice(0, 500)))
    child.stdio[4]?.on('error', (error) => (said += error.message))
    child.stdio[4]?.on('data', () => undefined)
    child.on('error', (error) =>
      resolve({
        code: -1,
        bytes,
        said: error.message,
      }),
    )
    child.on('close', (code) =>
      resolve({
        code: code ?? -1,
        bytes,
        said: said.trim(),
      }),
    )
  })
}

//# sourceMappingURL=assert-sandbox-works.js.map
