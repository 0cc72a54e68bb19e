/** Thrown when media would have to be decoded without a working sandbox. */ export class SandboxUnavailableError extends Error {
  name = 'SandboxUnavailableError'
  code = 'SANDBOX_UNAVAILABLE'
  retriable = false
}
const DEFAULT_MEMORY_BYTES = 1024 ** 3
/**
 * The walls around a decoder: no network, no file but /usr (read-only), no /proc and no /dev, no file writes, no core dumps,
 * a cap on memory. No cap on CPU seconds or on processes here: the first counts over the whole life of a live decoder, the
 * second over all processes of the user. Standard streams and file descriptor 3 pass through.
 */ export function createSandbox(options = {}) {
  const { memoryBytes = DEFAULT_MEMORY_BYTES, ffmpeg = '/usr/bin/ffmpeg', unsandboxed } = options
  if (!Number.isSafeInteger(memoryBytes) || memoryBytes <= 0) throw new RangeError(`memoryBytes: ${memoryBytes}`)
  const limits = ['prlimit', `--as=${memoryBytes}`, '--fsize=0', '--core=0', '--nofile=64', '--']
  const sandboxed = unsandboxed !== 'i-accept-the-risk'
  const prefix = sandboxed ? [...limits, ...walls()] : limits
  return {
    sandboxed,
    ffmpeg,
    prefix,
    tellsProcessId: sandboxed,
  }
}
function walls() {
  return [
    'bwrap --ro-bind /usr /usr',
    // Debian's libraries point through these two.
    '--ro-bind-try /etc/alternatives /etc/alternatives --ro-bind-try /etc/ld.so.cache /etc/ld.so.cache',
    '--symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/bin /bin',
    '--unshare-all --unshare-user --die-with-parent --new-session --as-pid-1',
    '--cap-drop ALL --clearenv --setenv PATH /usr/bin --chdir / --info-fd 4 --',
  ].flatMap((words) => words.split(' '))
}

//# sourceMappingURL=sandbox.js.map
