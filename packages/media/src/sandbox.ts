/** Thrown when media would have to be decoded without a working sandbox. */
export class SandboxUnavailableError extends Error {
  override readonly name = 'SandboxUnavailableError'
  readonly code = 'SANDBOX_UNAVAILABLE'
  readonly retriable = false
}

export interface SandboxOptions {
  /** Cap on the address space of one decoder in bytes; default 1 GiB, an estimate: 4K all-intra was decoded within it. */
  readonly memoryBytes?: number
  /** The decoder; inside the sandbox only what lies under /usr can be seen. Default /usr/bin/ffmpeg. */
  readonly ffmpeg?: string
  /** Decodes untrusted media with all rights of this process. Only for machines where no sandbox can be had. */
  readonly unsandboxed?: 'i-accept-the-risk'
}

export interface Sandbox {
  readonly sandboxed: boolean
  readonly ffmpeg: string
  /** What stands in front of the decoder's own words. */
  readonly prefix: readonly string[]
  /** True when file descriptor 4 of the child tells the id of the decoder's own process (as JSON). */
  readonly tellsProcessId: boolean
}

const DEFAULT_MEMORY_BYTES = 1024 ** 3

/**
 * The walls around a decoder: no network, no file but /usr (read-only), no /proc and no /dev, no file writes, no core dumps,
 * a cap on memory. No cap on CPU seconds or on processes here: the first counts over the whole life of a live decoder, the
 * second over all processes of the user. Standard streams and file descriptor 3 pass through.
 */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { memoryBytes = DEFAULT_MEMORY_BYTES, ffmpeg = '/usr/bin/ffmpeg', unsandboxed } = options
  if (!Number.isSafeInteger(memoryBytes) || memoryBytes <= 0) throw new RangeError(`memoryBytes: ${memoryBytes}`)
  const limits = ['prlimit', `--as=${memoryBytes}`, '--fsize=0', '--core=0', '--nofile=64', '--']
  const sandboxed = unsandboxed !== 'i-accept-the-risk'
  const prefix = sandboxed ? [...limits, ...walls()] : limits
  return { sandboxed, ffmpeg, prefix, tellsProcessId: sandboxed }
}

/** Where a file that is shown stands within the walls. */
const SHOWN_PATH = '/media-file'

/** The same walls with one file of the host in them, read-only, and the URL by which a decoder opens it. `path` is absolute. */
export function showFile({ sandboxed, prefix }: Sandbox, path: string): { prefix: readonly string[]; url: string } {
  if (!sandboxed) return { prefix, url: `file:${path}` }
  return { prefix: [...prefix.slice(0, -1), '--ro-bind', path, SHOWN_PATH, '--'], url: `file:${SHOWN_PATH}` }
}

function walls(): string[] {
  return [
    'bwrap --ro-bind /usr /usr',
    // Debian's libraries point through these two.
    '--ro-bind-try /etc/alternatives /etc/alternatives --ro-bind-try /etc/ld.so.cache /etc/ld.so.cache',
    '--symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/bin /bin',
    '--unshare-all --unshare-user --die-with-parent --new-session --as-pid-1',
    '--cap-drop ALL --clearenv --setenv PATH /usr/bin --chdir / --info-fd 4 --',
  ].flatMap((words) => words.split(' '))
}
