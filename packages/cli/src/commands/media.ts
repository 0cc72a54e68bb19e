import { createClassifier, createTextReader, modelDir } from '@streamkeeper/inference'
import { assertSandboxWorks, createSandbox } from '@streamkeeper/media'
import type { Command } from 'commander'
import { note, printJson, printLine } from '../output.js'
import { scanFile, type ScannedFile, type ScanTools } from '../media/scan-file.js'

/** `media scan`: what the service would see in a file, offline. */
export function addMediaCommand(program: Command): void {
  program
    .command('media')
    .description('Pictures of streams')
    .command('scan <file...>')
    .description(
      'Decodes files in the sandbox and looks at their pictures, as the service does; a refused file is an answer',
    )
    .option('--json', 'an object a line')
    .addHelpText('after', '\nExample:\n  streamkeeper media scan segment.ts --json')
    .action(scan)
}

async function scan(files: readonly string[], { json }: { readonly json?: boolean }): Promise<void> {
  const tools = await openTools()
  try {
    for (const file of files) {
      const scanned = await scanFile(file, tools, { onProgress: createProgress(file) })
      if (json === true) printJson(scanned)
      else printScanned(scanned)
    }
  } finally {
    await Promise.all([...tools.classifiers.map((one) => one.close()), tools.textReader.close()])
  }
}

/** Nobody waits for the next picture, so that one full of text may take its time. */
const longestLookMs = 60_000

async function openTools(): Promise<ScanTools> {
  const unsandboxed = process.env['STREAMKEEPER_UNSANDBOXED']
  const sandbox = createSandbox(unsandboxed === 'i-accept-the-risk' ? { unsandboxed } : {})
  await assertSandboxWorks(sandbox)
  note('loading the models')
  const [classifier, textReader] = await Promise.all([
    createClassifier({ manifestDir: modelDir('nsfw'), deadlineMs: longestLookMs }),
    createTextReader({ deadlineMs: longestLookMs }),
  ])
  return { sandbox, classifiers: [classifier], textReader }
}

const progressEveryMs = 2_000

/** Says on a terminal, every 2 s, how far the looking came. */
function createProgress(file: string): (doneMs: number) => void {
  let last = Date.now()
  return (doneMs) => {
    if (!process.stderr.isTTY || Date.now() - last < progressEveryMs) return
    last = Date.now()
    note(`${file}: looked at up to ${(doneMs / 1000).toFixed(0)} s`)
  }
}

function printScanned({ file, container, durationMs, frames, error }: ScannedFile): void {
  if (error !== undefined) printLine(`${file}: ${error.code}: ${error.message}`)
  if (error !== undefined && frames.length === 0) return
  const length = durationMs === undefined ? 'not to its end' : `${(durationMs / 1000).toFixed(1)} s`
  printLine(`${file}: ${container ?? ''}, ${length}, ${frames.length} pictures`)
  for (const { streamTimeMs, labels, text, codes } of frames) {
    const scores = Object.entries(labels).map(([label, score]) => `${label} ${score}`)
    printLine(`  ${(streamTimeMs / 1000).toFixed(1)} s  ${[...scores, ...codes, ...text].join('  ')}`)
  }
}
