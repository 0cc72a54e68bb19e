import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** File below the sources, the text that stands there exactly once, and what stands there instead. */
export type Mutant = readonly [file: string, text: string, instead: string]

export interface MutantSuite {
  /** Folder of TypeScript sources; tests and declarations in it are left out. */
  readonly sources: string
  /** The module that `check` gets, e.g. `keyed-runner.js`. What it imports must lie in the folder too. */
  readonly entry: string
  /** Must pass on the unchanged sources and throw on every mutant. */
  readonly check: (module: Readonly<Record<string, unknown>>) => Promise<void>
  readonly mutants: Readonly<Record<string, Mutant>>
  /** A check that hangs for so long counts as red; default 8 s. */
  readonly hangMs?: number
}

/** Proves that a check can fail: changes the sources one place at a time and sees the check go red each time. */
export function describeMutants({ sources, entry, check, mutants, hangMs = 8000 }: MutantSuite): void {
  describe(`mutants of ${entry}`, () => {
    let folder: string
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'mutants-'))
    })
    afterAll(() => rm(folder, { recursive: true, force: true }))
    const verdict = async (name: string, mutant: Mutant | null): Promise<unknown> => {
      const at = join(folder, name.replaceAll(/\W+/g, '-'))
      await build(sources, at, mutant)
      const module = (await import(join(at, entry))) as Record<string, unknown>
      return judge(check(module), hangMs)
    }

    it('stays green on the unchanged sources', async () => {
      expect(await verdict('unchanged', null)).toBeNull()
    }, 60_000)
    it.each(Object.entries(mutants))(
      'goes red: %s',
      async (name, mutant) => {
        expect(await verdict(name, mutant)).not.toBeNull()
      },
      60_000,
    )
  })
}

/** The failure, or null when there was none. */
async function judge(checked: Promise<void>, hangMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const hangs = new Promise<string>((resolve) => (timer = setTimeout(() => resolve('hangs'), hangMs)))
  try {
    return await Promise.race([checked.then(() => null), hangs])
  } catch (error) {
    return error
  } finally {
    clearTimeout(timer)
  }
}

async function build(sources: string, target: string, mutant: Mutant | null): Promise<void> {
  const { transform } = await import('@swc/core')
  const files = (await readdir(sources, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  )
  let changed = 0
  await mkdir(target, { recursive: true })
  await writeFile(join(target, 'package.json'), '{"type":"module"}')
  for (const file of files) {
    let text = await readFile(join(sources, file), 'utf8')
    if (mutant !== null && file === mutant[0]) {
      const parts = text.split(mutant[1])
      if (parts.length !== 2)
        throw new Error(`${file}: ${JSON.stringify(mutant[1])} stands there ${parts.length - 1} times`)
      text = parts.join(mutant[2])
      changed += 1
    }
    const { code } = await transform(text, {
      filename: file,
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    })
    const to = join(target, file.replace(/\.ts$/, '.js'))
    await mkdir(join(to, '..'), { recursive: true })
    await writeFile(to, code)
  }
  if (mutant !== null && changed !== 1) throw new Error(`${mutant[0]}: no such source`)
}
